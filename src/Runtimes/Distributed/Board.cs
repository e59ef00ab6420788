using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Unreel.Distributed;

/// <summary>
/// What rank 0 keeps for all processes: who is there and lives, a table of keys, and what is gathered from everyone. Every
/// process, rank 0 too, holds one connection to it, and a connection that breaks or falls silent is a process that is gone.
/// </summary>
internal sealed class Board : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly TcpListener _listener;
    private readonly int _count;
    private readonly JoinKey _key;
    private readonly TimeSpan _silence;
    private readonly BoardMember?[] _members;
    private readonly BoardTable _table = new();
    private readonly BoardGatherings _gatherings;
    private readonly AutoResetEvent _someoneLeft = new(false);
    private readonly Pulse _beats;
    private readonly Timer _deadline;
    private string? _lost;
    private bool _isStopping;
    private bool _closed;

    /// <summary>Begins to listen.</summary>
    /// <param name="address">Where; <see cref="IPAddress.Any"/> only where the user named an address that others reach.</param>
    /// <param name="port">The port, or 0 for any that is free.</param>
    /// <param name="count">How many processes are to come.</param>
    /// <param name="patience">How long to wait for all of them.</param>
    /// <param name="key">What whoever joins must know.</param>
    /// <param name="silence">After so long without a sign a process is taken for dead; null for <see cref="FrameStream.Silence"/>.</param>
    /// <exception cref="SocketException">The address or port cannot be had.</exception>
    public Board(IPAddress address, int port, int count, TimeSpan patience, JoinKey key, TimeSpan? silence = null)
    {
        (_count, _members, _gatherings, _silence) = (count, new BoardMember?[count], new BoardGatherings(count), silence ?? FrameStream.Silence);
        _key = key;
        _listener = new TcpListener(address, port);
        _listener.Start();
        Start("unreel board", Accept);
        _beats = new Pulse("unreel board beats", () => SendAll(new Frame(FrameKind.Beat)));
        _deadline = new Timer(_ => GiveUpWaiting(patience), null, patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The port listened on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many processes are to come.</summary>
    public int Count => _count;

    /// <summary>Whether a process has come.</summary>
    public bool IsHere(int rank)
    {
        lock (_gate)
            return _members[rank] is not null;
    }

    /// <summary>Waits a moment for the others to leave, then closes.</summary>
    public void Dispose()
    {
        SendAll(new Frame(FrameKind.Bye));
        AwaitLeaving();
        lock (_gate)
            _closed = true;
        _listener.Stop();
        _beats.Dispose();
        _deadline.Dispose();
        foreach (BoardMember member in Present())
            member.Stream.Dispose();
    }

    private void AwaitLeaving()
    {
        long until = Environment.TickCount64 + (long)Farewell.TotalMilliseconds;
        while (Present().Count > 0 && until - Environment.TickCount64 is > 0 and long left)
            _someoneLeft.WaitOne((int)left);
    }

    private void Accept()
    {
        while (true)
        {
            try
            {
                Socket socket = _listener.AcceptSocket();
                Start("unreel board member", () => Serve(new BoardMember(new FrameStream(socket, _silence))));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Stopped, or a caller that went away while being accepted.
                if (Volatile.Read(ref _closed))
                    return;

                Thread.Sleep(Pause);
            }
        }
    }

    private void Serve(BoardMember member)
    {
        try
        {
            while (true)
            {
                Frame frame = member.Stream.Read(isStranger: member.Hello is null);
                lock (_gate)
                    Handle(member, frame);
                if (frame.Kind == FrameKind.Bye)
                    break;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            lock (_gate)
                Gone(member, IsSilence(e));
        }
        finally
        {
            lock (_gate)
                member.HasLeft = true;
            member.Stream.Dispose();
            _someoneLeft.Set();
        }
    }

    private static bool IsSilence(Exception error) => error.InnerException is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock };

    private void Handle(BoardMember member, Frame frame)
    {
        if (frame.Kind == FrameKind.Hello)
            Join(member, frame);
        else if (member.Hello is null)
            throw new IOException("a caller did not say who it is");

        switch (frame.Kind)
        {
            case FrameKind.Share:
                Share(member, frame);
                break;
            case FrameKind.Stop:
                _isStopping = true;
                SendAll(frame);
                break;
            case FrameKind.Bye:
                Leave(member, frame.Text);
                break;
            default:
                _table.Handle(member, frame);
                CheckLeft();
                break;
        }
    }

    private void Join(BoardMember member, Frame frame)
    {
        if (!_key.Matches(frame.Key))
        {
            // A stranger: nobody hears of it.
            member.Send(Frame.Of(FrameKind.Refused, $"it does not know the secret in {JoinKey.Variable}; give all processes the same"));
            throw new IOException("a caller does not know the secret");
        }

        Hello? hello = Hello.Parse(frame.Text);
        if (Objection(hello) is { } objection)
        {
            member.Send(Frame.Of(FrameKind.Refused, objection));
            if (hello is not null)
                TellLost($"{hello.Name} was refused: {objection}");
            return;
        }

        member.Hello = hello;
        _members[hello!.Name.Rank] = member;
        if (Array.TrueForAll(_members, one => one is not null))
            SendAll(Frame.Of(FrameKind.Welcome, string.Join('\0', _members.Select(one => one!.Hello!.ToString()))));
    }

    private string? Objection(Hello? hello) =>
        hello is null ? "it does not speak this protocol"
        : _lost is not null ? _lost
        : hello.Count != _count ? Invariant($"it was told of {hello.Count} processes (WORLD_SIZE); expected {_count}")
        : hello.Name.Rank < 0 || hello.Name.Rank >= _count ? Invariant($"its rank is {hello.Name.Rank}; expected 0 to {_count - 1}")
        : _members[hello.Name.Rank] is { } other ? Invariant($"its rank is that of {other.Hello!.Name}")
        : Array.Find(_members, one => one is not null && one.Hello!.Code != hello.Code) is { } unlike ? $"it runs {hello.Code}, {unlike.Hello!.Name} runs {unlike.Hello.Code}"
        : null;

    private void Share(BoardMember member, Frame frame)
    {
        if (_gatherings.Give(frame.Number, member.Rank, frame.Bytes) is { } all)
            SendAll(new Frame(FrameKind.Share, frame.Number, string.Empty, all));
        CheckLeft();
    }

    private void Leave(BoardMember member, string reason)
    {
        member.HasLeft = true;
        if (reason.Length > 0)
            TellLost($"{member.Hello!.Name} has stopped: {reason}");
        CheckLeft();
    }

    // Whoever left in order cannot be waited for any more.
    private void CheckLeft()
    {
        if (Array.Find(_members, one => one is { HasLeft: true } && (_gatherings.IsAwaited(one.Rank) || (_isStopping && _table.IsAwaited))) is { } absent)
            TellLost($"{absent.Hello!.Name} has ended before the others");
    }

    private void Gone(BoardMember member, bool isSilent)
    {
        if (member.Hello is null || member.HasLeft || _closed)
            return;

        member.HasLeft = true;
        TellLost(isSilent
            ? Invariant($"{member.Hello.Name} is gone: it has given no sign for {_silence.TotalSeconds:0} s")
            : $"{member.Hello.Name} is gone: its connection ended without a word, as when it is killed");
    }

    private void TellLost(string text)
    {
        if (_lost is not null)
            return;

        _lost = text;
        SendAll(Frame.Of(FrameKind.Lost, text));
    }

    private void GiveUpWaiting(TimeSpan patience)
    {
        lock (_gate)
        {
            int[] absent = [.. Enumerable.Range(0, _count).Where(rank => _members[rank] is null)];
            if (absent.Length > 0)
                TellLost(Invariant($"{(absent.Length == 1 ? "rank" : "ranks")} {string.Join(", ", absent)} of {_count} did not come within {patience.TotalSeconds:0} s"));
        }
    }

    private void SendAll(Frame frame)
    {
        foreach (BoardMember member in Present())
            member.Send(frame);
    }

    private List<BoardMember> Present()
    {
        lock (_gate)
            return [.. _members.OfType<BoardMember>().Where(member => !member.HasLeft)];
    }

    private static void Start(string name, ThreadStart work) => new Thread(work) { IsBackground = true, Name = name }.Start();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
