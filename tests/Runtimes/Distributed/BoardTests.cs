using System.Net;
using System.Net.Sockets;
using Unreel.Modeling;

namespace Unreel.Distributed.Tests;

/// <summary>Processes that do not come, do not fit, or go: the others learn it, by name.</summary>
public sealed class BoardTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly JoinKey Key = JoinKey.Random();

    [Fact]
    public async Task Keys_wait_for_their_values()
    {
        using Board board = Open(2);
        BoardClient[] clients = await JoinAsync(board, 0, 1);

        Task<byte[]> waiting = clients[0].GetAsync("key", default);
        Assert.False(clients[1].Has("key"));
        clients[1].Set("key", [1, 2, 3]);

        Assert.Equal([1, 2, 3], await waiting);
        Assert.True(clients[0].Has("key"));
        Assert.Equal((5, 3), (clients[0].Add("sum", 5), clients[1].Add("sum", -2)));
        Leave(clients);
    }

    [Fact]
    public async Task A_value_that_nobody_gives_is_not_waited_for_beyond_the_patience()
    {
        using Board board = Open(1);
        BoardClient[] clients = await JoinAsync(board, 0);

        Assert.Contains("in time", Assert.Throws<LostProcessException>(() => clients[0].Get("nothing", TimeSpan.FromMilliseconds(50))).Message, StringComparison.Ordinal);
        Leave(clients);
    }

    [Fact]
    public async Task Whoever_dies_is_named_to_those_who_wait()
    {
        using Board board = Open(3);
        BoardClient[] clients = await JoinAsync(board, 0, 1, 2);

        Task<LostProcessException>[] waiting = [.. new[] { 0, 2 }.Select(rank => Task.Run(() => Assert.Throws<LostProcessException>(() => clients[rank].Gather([]))))];
        clients[1].Dispose();

        Assert.All(await Task.WhenAll(waiting), lost => Assert.Equal("rank 1 (host1, process 101) is gone: its connection ended without a word, as when it is killed", lost.Message));
        Leave(clients[0], clients[2]);
    }

    [Fact]
    public async Task Whoever_is_silent_is_taken_for_dead()
    {
        using Board board = Open(2, silence: Soon);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, board.Port);
        using FrameStream silent = new(socket);
        silent.Write(Frame.Of(FrameKind.Hello, Of(1).ToString()) with { Key = Key.Text });
        BoardClient[] clients = await JoinAsync(board, 0);

        Assert.Equal("rank 1 (host1, process 101) is gone: it has given no sign for 2 s", await clients[0].Lost);
        Leave(clients);
    }

    [Fact]
    public async Task Whoever_stops_says_why()
    {
        using Board board = Open(2);
        BoardClient[] clients = await JoinAsync(board, 0, 1);

        clients[1].Leave("'a.mp4' cannot be read");

        Assert.Equal("rank 1 (host1, process 101) has stopped: 'a.mp4' cannot be read", await clients[0].Lost);
        Leave(clients);
    }

    [Fact]
    public async Task Whoever_ends_before_the_others_is_not_waited_for()
    {
        using Board board = Open(2);
        BoardClient[] clients = await JoinAsync(board, 0, 1);

        Task<LostProcessException> waiting = Task.Run(() => Assert.Throws<LostProcessException>(() => clients[0].Gather([])));
        clients[1].Leave(null);

        Assert.Contains("rank 1 (host1, process 101) has ended before the others", (await waiting).Message, StringComparison.Ordinal);
        Leave(clients);
    }

    [Fact]
    public async Task Whoever_ends_in_order_is_not_missed()
    {
        using Board board = Open(2);
        BoardClient[] clients = await JoinAsync(board, 0, 1);

        clients[1].Leave(null);
        clients[1].Dispose();
        clients[0].Set("key", [1]);

        Assert.Equal([1], clients[0].Get("key", Ranks.Patience));
        Assert.False(clients[0].Lost.IsCompleted);
        Leave(clients[0]);
    }

    [Fact]
    public async Task Rank_zero_is_named_when_it_is_gone()
    {
        Board board = Open(2);
        BoardClient[] clients = await JoinAsync(board, 0, 1);
        clients[0].Leave(null);

        board.Dispose();

        Assert.Contains("rank 0 (host0, process 100) has ended before this process", await clients[1].Lost, StringComparison.Ordinal);
        Leave(clients);
    }

    [Fact]
    public void Whoever_does_not_come_is_named()
    {
        using Board board = new(IPAddress.Loopback, 0, 3, TimeSpan.FromMilliseconds(200), Key);

        LostProcessException lost = Assert.Throws<LostProcessException>(() => Join(board, Of(0, 3)));

        Assert.Contains("ranks 1, 2 of 3 did not come", lost.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 1, "a", "it was told of 3 processes (WORLD_SIZE); expected 2")]
    [InlineData(2, 0, "a", "its rank is that of rank 0 (host0, process 100)")]
    [InlineData(2, 7, "a", "its rank is 7; expected 0 to 1")]
    [InlineData(2, 1, "b", "it runs b, rank 0 (host0, process 100) runs a")]
    public async Task Whoever_does_not_fit_is_refused_and_all_are_told(int count, int rank, string code, string reason)
    {
        using Board board = Open(2);
        Task<LostProcessException> first = Task.Run(() => Assert.Throws<LostProcessException>(() => Join(board, Of(0))));
        await WaitForAsync(board, 0);

        LostProcessException refused = Assert.Throws<LostProcessException>(() => Join(board, new Hello(new ProcessName(rank, "other", 9), count, code)));

        Assert.Equal($"rank 0 refused this process: {reason}", refused.Message);
        Assert.Equal($"rank {rank} (other, process 9) was refused: {reason}", (await first).Message);
    }

    [Fact]
    public async Task Strangers_do_no_harm()
    {
        using Board board = Open(1);
        using Socket stranger = new(SocketType.Stream, ProtocolType.Tcp);
        await stranger.ConnectAsync(IPAddress.Loopback, board.Port);
        await stranger.SendAsync("GET / HTTP/1.1\r\nHost: here\r\n\r\n"u8.ToArray());

        Assert.Equal(0, await stranger.ReceiveAsync(new byte[1]));
        Leave(await JoinAsync(board, 0));
    }

    [Fact]
    public async Task Whoever_does_not_know_the_secret_is_refused_and_changes_nothing()
    {
        using Board board = Open(2);
        foreach (JoinKey key in (JoinKey[])[JoinKey.None, JoinKey.Random()])
            Assert.Contains("does not know the secret in UNREEL_JOIN_KEY", Assert.Throws<LostProcessException>(() => Join(board, Of(1), key)).Message, StringComparison.Ordinal);

        Assert.False(board.IsHere(1));
        BoardClient[] clients = await JoinAsync(board, 0, 1);
        Assert.False(clients[0].Lost.IsCompleted);
        Leave(clients);
    }

    [Theory]
    [InlineData((int)FrameKind.Set)]
    [InlineData((int)FrameKind.Stop)]
    [InlineData((int)FrameKind.Bye)]
    public async Task Whoever_has_not_said_the_secret_can_say_nothing_else(int kind)
    {
        using Board board = Open(1);
        BoardClient[] clients = await JoinAsync(board, 0);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, board.Port);
        using FrameStream stranger = new(socket);

        stranger.Write(new Frame((FrameKind)kind, 0, "key", [1]));

        Assert.ThrowsAny<IOException>(() => stranger.Read());
        Assert.False(clients[0].Has("key"));
        Assert.False(clients[0].Stopping.IsCompleted || clients[0].Lost.IsCompleted);
        Leave(clients);
    }

    [Fact]
    public async Task Strangers_cannot_make_it_take_much()
    {
        using Board board = Open(1);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, board.Port);
        using FrameStream stranger = new(socket);

        stranger.Write(new Frame(FrameKind.Hello, 0, Key.Text, new byte[1 << 15]));

        Assert.ThrowsAny<IOException>(() => stranger.Read());
        Leave(await JoinAsync(board, 0));
    }

    [Fact]
    public async Task Whoever_is_asked_to_stop_stops_all_and_is_not_missed()
    {
        using Board board = Open(2);
        BoardClient[] clients = await JoinAsync(board, 0, 1);

        clients[1].AskToStop();
        clients[1].Leave(null);

        await clients[0].Stopping.WaitAsync(Ranks.Patience);
        Assert.False(clients[0].Lost.IsCompleted);

        // But nobody waits for what it may have been about to say.
        Assert.Contains("rank 1 (host1, process 101) has ended", Assert.Throws<LostProcessException>(() => clients[0].Get("its", Ranks.Patience)).Message, StringComparison.Ordinal);
        Leave(clients);
    }

    [Fact]
    public void Rank_zero_must_answer()
    {
        LostProcessException lost = Assert.Throws<LostProcessException>(() =>
            BoardClient.Join("127.0.0.1", Ranks.FreePort(), Of(1), Key, TimeSpan.FromMilliseconds(300), TimeProvider.System, default));

        Assert.Contains("rank 0 does not answer at 127.0.0.1:", lost.Message, StringComparison.Ordinal);
    }

    private static Board Open(int count, TimeSpan? silence = null) => new(IPAddress.Loopback, 0, count, Ranks.Patience, Key, silence);

    private static Hello Of(int rank, int count = 2) => new(new ProcessName(rank, $"host{rank}", 100 + rank), count, "a");

    private static BoardClient Join(Board board, Hello hello, JoinKey? key = null) => BoardClient.Join("127.0.0.1", board.Port, hello, key ?? Key, Ranks.Patience, TimeProvider.System, default);

    private static Task<BoardClient[]> JoinAsync(Board board, params int[] ranks) => Task.WhenAll(ranks.Select(rank =>
        Task.Factory.StartNew(() => Join(board, Of(rank, board.Count)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private static async Task WaitForAsync(Board board, int rank)
    {
        using CancellationTokenSource limit = new(Ranks.Patience);
        while (!board.IsHere(rank))
            await Task.Delay(10, limit.Token);
    }

    private static void Leave(params BoardClient[] clients)
    {
        foreach (BoardClient client in clients)
        {
            client.Leave(null);
            client.Dispose();
        }
    }
}
