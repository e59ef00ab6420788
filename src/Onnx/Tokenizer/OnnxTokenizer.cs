using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Unreel.Onnx;

/// <summary>
/// A network that turns a picture into a grid of codes, such as the encoder of a discrete autoencoder. Any number of threads may call
/// <see cref="Encode"/> at once.
/// </summary>
public sealed class OnnxTokenizer : IDisposable
{
    /// <summary>The entry of the metadata that says how many codes there are.</summary>
    public const string CodesKey = "unreel.codes";

    // Tokenizers halve their pictures a few times: a picture of so many pixels a code shows by how much.
    private const int LargestStride = 32;
    private readonly InferenceSession _session;
    private readonly TokenizerSignature _signature;
    private readonly string _name;
    private readonly int _grid;

    private OnnxTokenizer(InferenceSession session, string name, OnnxTokenizerOptions options)
    {
        (_session, _name, _grid) = (session, name, options.Grid);
        _signature = TokenizerSignature.Of(session, name);
        Side = ChooseSide(options);
        (int rows, int columns, int codes) = Probe(Side);
        if (rows != _grid || columns != _grid)
            throw new OnnxModelException(name, $"gives {rows}x{columns} codes of pictures of {Side}x{Side} pixels; expected {_grid}x{_grid}, one for each token of a frame");

        Codes = _signature.IsLogits ? codes : ChooseCodes(options);
    }

    /// <summary>Side of the pictures, in pixels.</summary>
    public int Side { get; }

    /// <summary>How many codes there are.</summary>
    public int Codes { get; }

    /// <summary>Opens a tokenizer and tries it on a black picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is wanted of it.</param>
    /// <exception cref="OnnxModelException">The file is missing or no ONNX model, or the model is no tokenizer, or not one that fits.</exception>
    public static OnnxTokenizer Open(string path, OnnxTokenizerOptions options)
    {
        // For its complaints about files that are not there or hold something else.
        OnnxFile.Open(path).Dispose();
        InferenceSession session = SessionFactory.Create(options.Run, path, native => new InferenceSession(path, native)).Session;
        try
        {
            return new OnnxTokenizer(session, path, options);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The codes of a picture.</summary>
    /// <param name="picture">RGB from 0 to 1, [channel, row, column], of <see cref="Side"/>.</param>
    /// <returns>Codes [row, column], each 0 to <see cref="Codes"/> - 1.</returns>
    /// <exception cref="ArgumentException">The picture is of another size.</exception>
    /// <exception cref="OnnxModelException">The run failed, or gave what is no code.</exception>
    public int[] Encode(Memory<float> picture)
    {
        if (picture.Length != 3 * Side * Side)
            throw new ArgumentException($"A picture of {Side}x{Side} has {3 * Side * Side} numbers, not {picture.Length}.", nameof(picture));

        return Run(picture, Side, output => _signature.IsLogits ? Largest(output) : Checked(Whole(output)));
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private int ChooseSide(OnnxTokenizerOptions options)
    {
        if (_signature.Side is { } only && options.Side is { } asked && asked != only)
            throw new OnnxModelException(_name, $"takes pictures of {only}x{only} pixels only, not of {asked}x{asked} as was asked");
        if ((options.Side ?? _signature.Side) is { } known)
            return known;

        int tried = LargestStride * _grid;
        int rows = Probe(tried).Rows;
        return rows > 0 && tried % rows == 0
            ? tried / rows * _grid
            : throw new OnnxModelException(_name, $"gives {rows} rows of codes of a picture of {tried} pixels, from which no size can be told that gives {_grid}; say which size it needs");
    }

    private int ChooseCodes(OnnxTokenizerOptions options)
    {
        string? said = _session.ModelMetadata.CustomMetadataMap.GetValueOrDefault(CodesKey);
        if (said is not null && !(int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0))
            throw new OnnxModelException(_name, $"says '{said}' under '{CodesKey}' in its metadata; expected how many codes there are");
        if ((options.Codes ?? (said is null ? null : int.Parse(said, CultureInfo.InvariantCulture))) is not { } codes)
            throw new OnnxModelException(_name, $"gives codes as whole numbers and does not say how many there are ('{CodesKey}' in its metadata); say how many");

        return codes;
    }

    private (int Rows, int Columns, int Codes) Probe(int side) => Run(new float[3 * side * side], side, output =>
    {
        long[] shape = output.GetTensorTypeAndShape().Shape;
        bool fits = shape.Length == (_signature.IsLogits ? 4 : 3) && shape[0] == 1;
        return fits
            ? ((int)shape[^2], (int)shape[^1], (int)shape[1])
            : throw new OnnxModelException(_name, $"gives [{string.Join(", ", shape)}] of one picture; expected {(_signature.IsLogits ? "[1, codes, rows, columns]" : "[1, rows, columns]")}");
    });

    private T Run<T>(Memory<float> picture, int side, Func<OrtValue, T> read)
    {
        try
        {
            using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, picture, [1, 3, side, side]);
            using var options = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, [_signature.Input], [input], [_signature.Output]);
            return read(outputs[0]);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException(_name, $"failed on a picture of {side}x{side} pixels: {NativeMessage.Of(exception)}");
        }
    }

    private int[] Checked(long[] codes)
    {
        foreach (long code in codes)
        {
            if (code < 0 || code >= Codes)
                throw new OnnxModelException(_name, $"gives the code {code}; expected 0 to {Codes - 1}");
        }

        return Array.ConvertAll(codes, code => (int)code);
    }

    private int[] Largest(OrtValue logits)
    {
        ReadOnlySpan<float> values = logits.GetTensorDataAsSpan<float>();
        int places = _grid * _grid;
        int[] codes = new int[places];
        for (int place = 0; place < places; place++)
        {
            (float largest, int code) = (float.NegativeInfinity, -1);
            for (int candidate = 0; candidate < Codes; candidate++)
            {
                if (values[(candidate * places) + place] is var value && value > largest)
                    (largest, code) = (value, candidate);
            }

            codes[place] = code >= 0 ? code : throw new OnnxModelException(_name, "gives logits that are not finite");
        }

        return codes;
    }

    private static long[] Whole(OrtValue codes)
    {
        TensorElementType type = codes.GetTensorTypeAndShape().ElementDataType;
        return type switch
        {
            TensorElementType.Int64 => codes.GetTensorDataAsSpan<long>().ToArray(),
            TensorElementType.Int32 => Widened<int>(codes),
            TensorElementType.Int16 => Widened<short>(codes),
            TensorElementType.Int8 => Widened<sbyte>(codes),
            TensorElementType.UInt16 => Widened<ushort>(codes),
            _ => Widened<byte>(codes),
        };
    }

    private static long[] Widened<T>(OrtValue codes)
        where T : unmanaged, System.Numerics.INumberBase<T> => [.. MemoryMarshal.ToEnumerable<T>(codes.GetTensorDataAsSpan<T>().ToArray()).Select(long.CreateChecked)];
}
