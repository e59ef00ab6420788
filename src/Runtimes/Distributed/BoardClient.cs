using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Unreel.Modeling;

namespace Unreel.Distributed;

/// <summary>A process's connection to the board that rank 0 keeps.</summary>
internal sealed class BoardClient : IDisposable
{
    private static readonly TimeSpan LostNotice = FrameStream.Silence + TimeSpan.FromSeconds(2);

    private readonly FrameStream _stream;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<byte[]>> _questions = [];
    private readonly ConcurrentDictionary<long, TaskCompletionSource<byte[]>> _gatherings = [];
    private readonly TaskCompletionSource<string> _welcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pulse _beats;
    private IReadOnlyList<ProcessName> _names = [];
    private long _question;
    private long _gathering;
    private volatile bool _leaving;

    private BoardClient(FrameStream stream)
    {
        _stream = stream;
        new Thread(Listen) { IsBackground = true, Name = "unreel board client" }.Start();
        _beats = new Pulse("unreel beats", () => TrySend(new Frame(FrameKind.Beat)));
    }

    /// <summary>All processes by rank.</summary>
    public IReadOnlyList<ProcessName> Names => _names;

    /// <summary>Completes, with the reason, when another process is gone or has stopped.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Completes when a process, maybe this one, was asked to stop, and so all are.</summary>
    public Task Stopping => _stopping.Task;

    /// <summary>Whether somebody here was told so by an exception, and so is on the way out.</summary>
    public bool HasToldLoss { get; private set; }

    /// <summary>This side of the connection: an address at which machines that reach rank 0 reach this one.</summary>
    public IPAddress LocalAddress => ((IPEndPoint)_stream.Socket.LocalEndPoint!).Address.MapToIPv4();

    /// <summary>Connects, and waits until all processes are there.</summary>
    /// <exception cref="LostProcessException">Rank 0 or another did not come, or refused this one.</exception>
    public static BoardClient Join(string address, int port, Hello hello, JoinKey key, TimeSpan patience, TimeProvider time, CancellationToken ct)
    {
        BoardClient client = new(new FrameStream(Dial.Connect(address, port, patience, time, ct)));
        try
        {
            client._stream.Write(Frame.Of(FrameKind.Hello, hello.ToString()) with { Key = key.Text });
            Task.WhenAny(client._welcome.Task, client.Lost).Wait(ct);
            if (client.Lost.IsCompleted)
                throw new LostProcessException(client.Lost.Result);

            client._names = [.. client._welcome.Task.Result.Split('\0').Select(text => Hello.Parse(text)!.Name)];
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Gives a key its value.</summary>
    public void Set(string key, byte[] value) => Send(new Frame(FrameKind.Set, 0, key, value));

    /// <summary>Waits until a key has a value.</summary>
    public byte[] Get(string key, TimeSpan patience) => Ask(new Frame(FrameKind.Get, Next(), key), patience);

    /// <summary>Waits, without a thread, until a key has a value.</summary>
    public async Task<byte[]> GetAsync(string key, CancellationToken ct)
    {
        Frame question = new(FrameKind.Get, Next(), key);
        Task<byte[]> answer = Asked(question);
        if (await Task.WhenAny(answer, Lost).WaitAsync(ct) != answer)
            throw WhyLost(string.Empty);

        return await answer;
    }

    /// <summary>Whether a key has a value.</summary>
    public bool Has(string key) => Ask(new Frame(FrameKind.Has, Next(), key), Timeout.InfiniteTimeSpan)[0] != 0;

    /// <summary>Counts a key up.</summary>
    /// <returns>The sum.</returns>
    public long Add(string key, long amount)
    {
        byte[] sum = Ask(new Frame(FrameKind.Add, Next(), key, Encoding.ASCII.GetBytes(amount.ToString(CultureInfo.InvariantCulture))), Timeout.InfiniteTimeSpan);
        return long.Parse(Encoding.ASCII.GetString(sum), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until every process has given its part.</summary>
    /// <returns>The parts by rank.</returns>
    public IReadOnlyList<byte[]> Gather(byte[] mine)
    {
        long number = Interlocked.Increment(ref _gathering);
        TaskCompletionSource<byte[]> all = _gatherings.GetOrAdd(number, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        Send(new Frame(FrameKind.Share, number, string.Empty, mine));
        byte[] parts = Await(all.Task, Timeout.InfiniteTimeSpan);
        _gatherings.TryRemove(number, out _);
        return Parts.Split(parts);
    }

    /// <summary>Waits for the board to say who was lost, after something else has failed as if somebody were.</summary>
    /// <param name="otherwise">What to say if nobody was.</param>
    public LostProcessException WhyLost(string otherwise)
    {
        HasToldLoss = true;
        return new LostProcessException(Lost.Wait(LostNotice) ? Lost.Result : otherwise);
    }

    /// <summary>Asks all processes to stop.</summary>
    public void AskToStop() => TrySend(new Frame(FrameKind.Stop));

    /// <summary>Leaves; with a reason the others are told that they cannot go on.</summary>
    public void Leave(string? reason)
    {
        _leaving = true;
        TrySend(Frame.Of(FrameKind.Bye, reason ?? string.Empty));
    }

    public void Dispose()
    {
        _leaving = true;
        _beats.Dispose();
        _stream.Dispose();
    }

    private long Next() => Interlocked.Increment(ref _question);

    private Task<byte[]> Asked(Frame question)
    {
        TaskCompletionSource<byte[]> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions[question.Number] = answer;
        Send(question);
        return answer.Task;
    }

    private byte[] Ask(Frame question, TimeSpan patience)
    {
        byte[] answer = Await(Asked(question), patience);
        _questions.TryRemove(question.Number, out _);
        return answer;
    }

    private byte[] Await(Task<byte[]> answer, TimeSpan patience)
    {
        int first = Task.WaitAny([answer, Lost], patience);
        return first == 0 ? answer.Result
            : first == 1 ? throw WhyLost(string.Empty)
            : throw new LostProcessException("the other processes did not answer in time");
    }

    private void Send(Frame frame)
    {
        try
        {
            _stream.Write(frame);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw WhyLost($"the connection to rank 0 broke: {e.Message}");
        }
    }

    private void TrySend(Frame frame)
    {
        try
        {
            _stream.Write(frame);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The thread that listens finds out, and tells.
        }
    }

    private void Listen()
    {
        try
        {
            while (true)
                Handle(_stream.Read());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            if (!_leaving)
                _lost.TrySetResult(RankZero("is gone: the connection to it ended"));
        }
    }

    private void Handle(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Welcome:
                _welcome.TrySetResult(frame.Text);
                break;
            case FrameKind.Refused:
                _lost.TrySetResult($"rank 0 refused this process: {frame.Text}");
                break;
            case FrameKind.Answer when _questions.TryGetValue(frame.Number, out TaskCompletionSource<byte[]>? asked):
                asked.TrySetResult(frame.Bytes);
                break;
            case FrameKind.Share:
                _gatherings.GetOrAdd(frame.Number, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult(frame.Bytes);
                break;
            case FrameKind.Stop:
                _stopping.TrySetResult();
                break;
            case FrameKind.Lost:
                _lost.TrySetResult(frame.Text);
                break;
            case FrameKind.Bye when !_leaving:
                _lost.TrySetResult(RankZero("has ended before this process"));
                break;
            default:
                break;
        }
    }

    private string RankZero(string what) => $"{(_names.Count > 0 ? _names[0].ToString() : "rank 0")} {what}";
}
