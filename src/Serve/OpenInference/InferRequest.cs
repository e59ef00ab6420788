namespace Unreel.Serve.OpenInference;

/// <summary>An inference request as it was sent, before it is held against a model.</summary>
/// <param name="Id">What the caller calls it; comes back with the answer.</param>
/// <param name="Inputs">Its tensors.</param>
/// <param name="Outputs">The outputs it wants; empty for all.</param>
/// <param name="IsBinary">Whether outputs are wanted as bytes where they do not say otherwise.</param>
internal sealed record InferRequest(string? Id, IReadOnlyList<InferInput> Inputs, IReadOnlyList<InferOutput> Outputs, bool IsBinary);

/// <summary>A tensor of a request.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">The type of its elements.</param>
/// <param name="Shape">Its extents as they were sent; any numbers.</param>
/// <param name="BinarySize">How many bytes of it follow the JSON; null where it is in the JSON.</param>
/// <param name="Data">Its elements, where they were in the JSON.</param>
internal sealed record InferInput(string Name, string Datatype, IReadOnlyList<long> Shape, long? BinarySize, JsonTensor? Data);

/// <summary>An output that a request wants.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsBinary">Whether as bytes; null for as the request says.</param>
internal sealed record InferOutput(string Name, bool? IsBinary);

/// <summary>A tensor that came as JSON, its bytes laid into the room that its text took.</summary>
/// <param name="Offset">Where they begin.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Counts">How long the arrays were on each level, outermost first; one level where they were flat.</param>
internal sealed record JsonTensor(int Offset, int Length, IReadOnlyList<int> Counts);
