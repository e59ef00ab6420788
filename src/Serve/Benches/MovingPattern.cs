using Unreel.Video;

namespace Unreel.Serve.Benches;

/// <summary>Frames of a pattern that drifts under noise of its own in each frame, so that an encoder has motion to find and something left to code.</summary>
internal sealed class MovingPattern
{
    private const ulong Seed = 23;
    private const int Noise = 1 << 16;
    private readonly FrameSize _size;
    private readonly byte[] _frame;
    private readonly byte[] _noise = new byte[Noise];

    /// <summary>Makes one for frames of a size.</summary>
    public MovingPattern(FrameSize size)
    {
        (_size, _frame) = (size, new byte[size.Width * size.Height * 3]);
        var random = new RandomStream(Seed, "bench-decode", 0);
        for (int i = 0; i < Noise; i++)
            _noise[i] = (byte)random.NextInt(8);
    }

    /// <summary>Draws a frame; its bytes hold until the next one.</summary>
    public ReadOnlySpan<byte> Draw(int number)
    {
        int next = 0, grain = new RandomStream(Seed, "bench-decode-frame", (ulong)number).NextInt(Noise);
        for (int row = 0; row < _size.Height; row++)
        {
            for (int column = 0; column < _size.Width; column++, next += 3)
            {
                int x = (column * 640 / _size.Width) + (number * 2), y = (row * 480 / _size.Height) + number;
                int light = _noise[(next + grain) & (Noise - 1)] + Wave(x + (y / 2)) + (Wave((x * 3) - (y * 2)) / 4);
                _frame[next] = (byte)light;
                _frame[next + 1] = (byte)(light - (Wave(y) / 8));
                _frame[next + 2] = (byte)(light - (Wave(x - y) / 6));
            }
        }

        return _frame;
    }

    // Up and down again, 40 to 167.
    private static int Wave(int phase)
    {
        int place = phase & 255;
        return 40 + Math.Min(place, 255 - place);
    }
}
