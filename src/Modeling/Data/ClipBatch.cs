using Unreel.Video;

namespace Unreel.Modeling;

/// <summary>One clip as training takes it.</summary>
/// <param name="Pixels">uint8 [frame, row, column, channel] of the model's shape.</param>
/// <param name="Label">Index of its label, or -1.</param>
/// <param name="Name">What to call it in messages.</param>
public sealed record ClipSample(byte[] Pixels, int Label, string Name)
{
    /// <summary>How its content moves, where that was asked for and is known. Default null.</summary>
    public MotionField? Motion { get; init; }
}

/// <summary>Where training takes its clips from. A pure function of the number, safe for many threads.</summary>
public interface ISampleSource
{
    /// <summary>Makes sample <paramref name="number"/>, counted from 0 over the whole training, all epochs.</summary>
    ClipSample Read(long number, CancellationToken ct);
}

/// <summary>The clips of one step.</summary>
public sealed class ClipBatch : IDisposable
{
    private bool _returned;

    private ClipBatch(long firstSample, ClipSample[] samples, byte[] cubes, TokenMask[] masks, int[] codes) =>
        (FirstSample, Samples, Cubes, Masks, Codes) = (firstSample, samples, cubes, masks, codes);

    /// <summary>The number of the first sample.</summary>
    public long FirstSample { get; }

    /// <summary>The samples.</summary>
    public IReadOnlyList<ClipSample> Samples { get; }

    /// <summary>The number of clips.</summary>
    public int Count => Samples.Count;

    /// <summary>All cubes, uint8 [clip, token, frame in the cube, row, column, channel].</summary>
    public byte[] Cubes { get; }

    /// <summary>Which tokens of each clip are hidden; empty where nothing is masked.</summary>
    public IReadOnlyList<TokenMask> Masks { get; }

    /// <summary>A tokenizer's codes [clip, token]; empty where there is none.</summary>
    internal int[] Codes { get; }

    /// <summary>The samples by number and name, for messages.</summary>
    public IReadOnlyList<string> Names => [.. Samples.Select((sample, index) => $"{FirstSample + index} ({sample.Name})")];

    /// <summary>Gives the buffer of the cubes back; they must not be looked at any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, true))
            return;

        BatchBuffers.Return(Cubes);
    }

    /// <summary>Reads samples and arranges them.</summary>
    /// <param name="shape">The model's shape.</param>
    /// <param name="source">Where samples come from.</param>
    /// <param name="first">The number of the first sample.</param>
    /// <param name="count">How many.</param>
    /// <param name="masking">Draws the masks, or null for none.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="tokenizer">Gives tokens their codes, or null (default) for none.</param>
    public static ClipBatch Read(VideoTransformerShape shape, ISampleSource source, long first, int count, Masking? masking, CancellationToken ct, IClipTokenizer? tokenizer = null)
    {
        var samples = new ClipSample[count];
        byte[] cubes = BatchBuffers.Rent(checked(count * shape.ClipBytes));
        var masks = new TokenMask[masking is null ? 0 : count];
        int[] codes = new int[tokenizer is null ? 0 : count * shape.Tokens];
        for (int index = 0; index < count; index++)
        {
            samples[index] = source.Read(first + index, ct);
            Modeling.Cubes.Arrange(shape, samples[index].Pixels, cubes.AsSpan(index * shape.ClipBytes, shape.ClipBytes));
            if (masking is not null)
                masks[index] = masking.Draw(first + index, samples[index].Pixels, samples[index].Motion);
            tokenizer?.Encode(samples[index].Pixels, ct).CopyTo(codes, index * shape.Tokens);
        }

        return new ClipBatch(first, samples, cubes, masks, codes);
    }
}
