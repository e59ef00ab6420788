using Unreel.Serve.Classify;
using Unreel.Serve.Models;

namespace Unreel.Serve.OpenInference;

/// <summary>The clips of a request, held against the model and against what was really sent.</summary>
/// <param name="Clips">uint8 RGB, [<paramref name="Count"/>, frames, row, column, 3].</param>
/// <param name="Count">How many there are, at least 1.</param>
internal readonly record struct ClipTensor(ReadOnlyMemory<byte> Clips, int Count)
{
    /// <summary>The most clips of a request: as many as a video may have views.</summary>
    public const int MostClips = VideoQuery.MostViews;

    /// <summary>Finds the clips in the body.</summary>
    /// <exception cref="Http.RequestException">They are more than <see cref="MostClips"/>, not what the model takes, or not as many bytes as they say (400).</exception>
    public static ClipTensor Of(InferRequest request, InferBody body, IClipClassifier model)
    {
        TensorMetadata expected = ModelTensors.Input(model);
        InferInput input = Only(request, expected);
        if (input.Datatype != expected.Datatype)
            throw InferErrors.Refused($"The input '{input.Name}' is of {input.Datatype}; expected {expected.Datatype}.");
        if (!Fits(input.Shape, expected.Shape))
            throw InferErrors.Refused($"The input '{input.Name}' has the shape {Text(input.Shape)}; expected {Text(expected.Shape)} with 1 or more for -1.");

        long clipBytes = expected.Shape.Skip(1).Aggregate(1L, (product, extent) => product * extent), clips = input.Shape[0];
        if (clips > MostClips)
            throw InferErrors.Refused($"The input '{input.Name}' has {clips} clips; expected at most {MostClips} in one request.");

        return new ClipTensor(Bytes(input, body, clips * clipBytes), (int)clips);
    }

    private static InferInput Only(InferRequest request, TensorMetadata expected)
    {
        foreach (InferInput input in request.Inputs)
        {
            if (input.Name != expected.Name)
                throw InferErrors.Refused($"The model has no input '{input.Name}'; it takes '{expected.Name}'.");
        }

        return request.Inputs.Count == 1 ? request.Inputs[0] : throw InferErrors.Refused($"There are {request.Inputs.Count} inputs; expected '{expected.Name}' once.");
    }

    private static bool Fits(IReadOnlyList<long> shape, IReadOnlyList<long> expected) =>
        shape.Count == expected.Count && shape[0] > 0 && shape.Skip(1).SequenceEqual(expected.Skip(1));

    private static ReadOnlyMemory<byte> Bytes(InferInput input, InferBody body, long length)
    {
        if (input.BinarySize is { } size)
        {
            if (input.Data is not null)
                throw InferErrors.Refused($"The input '{input.Name}' has both 'data' and 'binary_data_size'; expected one of them.");
            if (!body.HasTensors)
                throw InferErrors.Refused($"The input '{input.Name}' has 'binary_data_size', but the request has no header {InferBody.Header}.");
            if (size != length || body.TensorLength != length)
                throw InferErrors.Refused($"The input '{input.Name}' of shape {Text(input.Shape)} takes {length} bytes; binary_data_size says {size}, and {body.TensorLength} bytes follow the JSON.");

            return body.Tensors;
        }

        JsonTensor data = input.Data ?? throw InferErrors.Refused($"The input '{input.Name}' has neither 'data' nor 'binary_data_size'.");
        if (body.TensorLength > 0)
            throw InferErrors.Refused($"{body.TensorLength} bytes follow the JSON and belong to no input.");
        bool isNested = data.Counts.Count > 1;
        if (isNested ? !data.Counts.Select(count => (long)count).SequenceEqual(input.Shape) : data.Length != length)
            throw InferErrors.Refused($"The input '{input.Name}' of shape {Text(input.Shape)} takes {length} elements; its data are {(isNested ? Text(data.Counts.Select(count => (long)count)) : data.Length)}.");

        return body.Json.Slice(data.Offset, data.Length);
    }

    private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
