using System.Globalization;
using System.Net.Sockets;
using Unreel.Modeling;

namespace Unreel.Distributed;

/// <summary>Calls rank 0, which may not have begun yet.</summary>
internal static class Dial
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    /// <summary>Connects, trying again as long as patience lasts.</summary>
    /// <exception cref="LostProcessException">Nobody answers.</exception>
    public static Socket Connect(string address, int port, TimeSpan patience, TimeProvider time, CancellationToken ct)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.ConnectAsync(address, port, ct).AsTask().GetAwaiter().GetResult();
                return socket;
            }
            catch (SocketException e) when (time.GetElapsedTime(began) < patience && e.SocketErrorCode != SocketError.HostNotFound)
            {
                // Rank 0 may not have begun yet.
                socket.Dispose();
                ct.WaitHandle.WaitOne(Retry);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                throw new LostProcessException(string.Create(CultureInfo.InvariantCulture, $"rank 0 does not answer at {address}:{port}: {e.Message}"));
            }
        }
    }
}
