using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Unreel.Modeling;
using static TorchSharp.torch;

namespace Unreel.Distributed;

/// <summary>The processes of a run, this one among them: a board to agree on, and c10d to exchange tensors.</summary>
public sealed class TrainingGroup : ICollectives, IDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Placement _place;
    private readonly Board? _board;
    private readonly BoardClient _client;
    private readonly Dictionary<string, NativeGroup> _groups = [];
    private readonly CancellationTokenSource _left = new();
    private readonly NativeWaits _waits;

    private TrainingGroup(Placement place, Board? board, BoardClient client, TimeProvider time) =>
        (_place, _board, _client, _waits) = (place, board, client, new NativeWaits(time));

    /// <summary>What this process waits for in native code.</summary>
    internal NativeWaits Waits => _waits;

    /// <inheritdoc/>
    public int Rank => _place.Rank;

    /// <inheritdoc/>
    public int Count => _place.Count;

    /// <inheritdoc/>
    public int LocalRank => _place.LocalRank;

    /// <inheritdoc/>
    public int CoreSharers => _place.CoreSharers;

    /// <summary>Completes, with the reason, when another process is gone or has stopped.</summary>
    public Task<string> Lost => _client.Lost;

    /// <summary>Completes when a process, maybe this one, was asked to stop, see <see cref="AskToStop"/>.</summary>
    public Task Stopping => _client.Stopping;

    /// <summary>Waits until all processes are there.</summary>
    /// <param name="place">This one's place.</param>
    /// <param name="key">The secret that all of them share.</param>
    /// <param name="code">Versions of Unreel and its libraries, which must be the same everywhere.</param>
    /// <param name="patience">How long to wait for the others.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="LostProcessException">One did not come, or is of another kind; the message names it.</exception>
    /// <exception cref="ModelException">This is rank 0 and cannot listen where it should.</exception>
    public static TrainingGroup Join(Placement place, JoinKey key, string code, TimeSpan patience, TimeProvider time, CancellationToken ct)
    {
        Board? board = place.Rank == 0 && !place.IsLaunched ? Listen(place, key, patience) : null;
        try
        {
            Hello hello = new(new ProcessName(place.Rank, Environment.MachineName, Environment.ProcessId), place.Count, code);
            string address = place.Rank == 0 ? IPAddress.Loopback.ToString() : place.Address;
            return new TrainingGroup(place, board, BoardClient.Join(address, place.Port, hello, key, patience, time, ct), time);
        }
        catch
        {
            board?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name(int rank) => _client.Names[rank].ToString();

    /// <inheritdoc/>
    public IReadOnlyList<string> Gather(string mine) => [.. _client.Gather(Encoding.UTF8.GetBytes(mine)).Select(Encoding.UTF8.GetString)];

    /// <inheritdoc/>
    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
        foreach (IGrouping<string, Tensor> together in tensors.GroupBy(BackendOf))
            Group(together.Key).Broadcast([.. together]);
    }

    /// <inheritdoc/>
    public IGradientReduction Attach(IReadOnlyList<Tensor> parameters) => new GradientReduction(Group(BackendOf(parameters[0])), parameters);

    /// <summary>Notes a text for all processes to hear.</summary>
    public void Tell(string topic, string text) => _client.Set("say/" + topic, Encoding.UTF8.GetBytes(text));

    /// <summary>Waits for a text that another process told.</summary>
    /// <exception cref="LostProcessException">Another process is gone or has stopped.</exception>
    public async Task<string> HearAsync(string topic, CancellationToken ct) => Encoding.UTF8.GetString(await _client.GetAsync("say/" + topic, ct));

    /// <summary>
    /// Ends this process, exit code 1, if a while after another was lost it still waits for it in native code: a wait inside a driver
    /// cannot be ended otherwise. Whatever else it does, such as writing a checkpoint, is left alone.
    /// </summary>
    /// <param name="tell">Told why, just before.</param>
    /// <param name="time">The clock.</param>
    public Task EndAfterLossAsync(Action<string> tell, TimeProvider time) => EndAfterLossAsync(tell, () => NativeMethods.unreel_c10d_exit(1), time);

    internal async Task EndAfterLossAsync(Action<string> tell, Action end, TimeProvider time)
    {
        try
        {
            string reason = await Lost.WaitAsync(_left.Token);
            await Task.Delay(EndsWithin, time, _left.Token);
            while (!_client.HasToldLoss)
            {
                if (_waits.Lasted >= EndsWithin)
                {
                    tell(reason);
                    end();
                    return;
                }

                await Task.Delay(Look, time, _left.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // This process has left in order.
        }
    }

    /// <summary>Asks all processes, this one among them, to stop in order.</summary>
    public void AskToStop() => _client.AskToStop();

    /// <summary>Leaves; with a reason the others are told that they cannot go on.</summary>
    public void Leave(string? reason)
    {
        if (_left.IsCancellationRequested)
            return;

        _left.Cancel();
        _client.Leave(reason);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leave(null);
        foreach (NativeGroup group in _groups.Values)
            group.Dispose();
        _board?.Dispose();
        _client.Dispose();
        _left.Dispose();
    }

    internal NativeGroup Group(string backend)
    {
        if (!_groups.TryGetValue(backend, out NativeGroup? group))
            _groups[backend] = group = new NativeGroup(_client, backend, Rank, ListenAddress().ToString(), _waits);
        return group;
    }

    // Where NCCL was not built, Gloo carries what lies on a GPU too, over the processor.
    private static string BackendOf(Tensor tensor) =>
        tensor.device.type == TorchSharp.DeviceType.CUDA && NativeMethods.unreel_c10d_has("nccl") != 0 ? "nccl" : "gloo";

    private static Board Listen(Placement place, JoinKey key, TimeSpan patience)
    {
        try
        {
            return new Board(place.IsOnLoopback ? IPAddress.Loopback : IPAddress.Any, place.Port, place.Count, patience, key);
        }
        catch (SocketException e)
        {
            throw new ModelException($"Rank 0 cannot listen on port {place.Port} (MASTER_PORT): {e.Message}", e);
        }
    }

    /// <summary>Loopback where rank 0's address is that; else the side of this machine that looks towards rank 0, or its way out.</summary>
    private IPAddress ListenAddress()
    {
        if (_place.IsOnLoopback)
            return IPAddress.Loopback;

        return IPAddress.IsLoopback(_client.LocalAddress) ? WayOut() : _client.LocalAddress;
    }

    private static IPAddress WayOut()
    {
        string? wanted = Environment.GetEnvironmentVariable("GLOO_SOCKET_IFNAME");
        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(one => wanted is null ? one.OperationalStatus == OperationalStatus.Up && one.GetIPProperties().GatewayAddresses.Count > 0 : one.Name == wanted)
            .SelectMany(one => one.GetIPProperties().UnicastAddresses)
            .Select(one => one.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))
            ?? throw new ModelException("This machine has no network address at which other machines reach it; name an interface in GLOO_SOCKET_IFNAME, or use MASTER_ADDR=127.0.0.1 on one machine.");
    }
}
