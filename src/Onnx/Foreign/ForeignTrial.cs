namespace Unreel.Onnx;

/// <summary>Tries a model made elsewhere once it obeys the contract.</summary>
public static class ForeignTrial
{
    private const string Advice = "say --batch 1 to run it clip by clip";

    /// <summary>Loads a model and runs a clip of noise, and where it takes any number of clips, the same clip beside another.</summary>
    /// <param name="path">The model's file.</param>
    /// <exception cref="OnnxModelException">It does not load, does not run, gives what is no number, or answers otherwise beside another clip.</exception>
    public static void Run(string path)
    {
        using OnnxModel model = Open(path);
        int bytes = checked((int)model.Contract.Input.ClipBytes);
        byte[] noise = Noise(2 * bytes);
        Predictions alone = model.Classify(noise.AsMemory(0, bytes), 1);
        if (!alone.Logits.Concat(alone.Probabilities).All(float.IsFinite))
            throw new OnnxModelException(path, "answers a clip of noise with numbers that are not finite; expected finite logits and probabilities (--mean, --std and --white say what it is fed)");
        if (Math.Abs(alone.Probabilities.Sum() - 1) > 1e-2)
            throw new OnnxModelException(path, $"gives probabilities that sum to {alone.Probabilities.Sum():G3}, expected 1; say --output-holds logits if they are none");
        if (model.Contract.Batch is null)
            CheckBatch(model, noise, alone, path);
    }

    /// <summary>A clip of noise, always the same: uint8 RGB, as a model of such extents takes one.</summary>
    public static byte[] Clip(InputGeometry input) => Noise(checked((int)input.ClipBytes));

    private static OnnxModel Open(string path)
    {
        try
        {
            return OnnxModel.Open(path);
        }
        catch (OnnxModelException exception) when (OnnxFile.ReadContract(path).Batch is null)
        {
            throw new OnnxModelException(path, $"does not load as a model of any number of clips; if it takes one at a time, {Advice}: {exception.Message}", exception);
        }
    }

    private static void CheckBatch(OnnxModel model, byte[] noise, Predictions alone, string path)
    {
        Predictions both;
        try
        {
            both = model.Classify(noise, 2);
        }
        catch (OnnxModelException exception)
        {
            throw new OnnxModelException(path, $"says that it takes any number of clips but does not take two; {Advice}: {exception.Message}", exception);
        }

        float scale = Math.Max(1, alone.Logits.Max(Math.Abs));
        for (int at = 0; at < alone.Logits.Length; at++)
        {
            if (!(Math.Abs(both.LogitsOf(0)[at] - alone.Logits[at]) <= 0.02f * scale))
                throw new OnnxModelException(path, $"gives other logits for a clip that another one is beside ({both.LogitsOf(0)[at]:G4}, alone {alone.Logits[at]:G4}); {Advice}");
        }
    }

    // Any bytes will do as long as they are always the same.
    private static byte[] Noise(int count)
    {
        byte[] bytes = new byte[count];
        uint state = 1;
        for (int at = 0; at < count; at++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            bytes[at] = (byte)(state >> 24);
        }

        return bytes;
    }
}
