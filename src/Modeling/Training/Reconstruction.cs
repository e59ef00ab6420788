namespace Unreel.Modeling;

/// <summary>Pictures of what a masked autoencoder predicts. All pixels are uint8 [frame, row, column, channel].</summary>
/// <param name="Sample">The clip's number and name.</param>
/// <param name="Original">The clip.</param>
/// <param name="Masked">The clip with hidden cubes grey.</param>
/// <param name="Views">The clip with hidden cubes as predicted, for every target that can be drawn at least one.</param>
public sealed record Reconstruction(string Sample, byte[] Original, byte[] Masked, IReadOnlyList<ReconstructedView> Views);

/// <summary>One way to look at a prediction.</summary>
/// <param name="Target">The target that it is of.</param>
/// <param name="Caption">What is to be seen.</param>
/// <param name="PutBack">What of the original, unknown to the network, was put back to draw this; null for nothing.</param>
/// <param name="Pixels">The clip with hidden cubes as drawn.</param>
public sealed record ReconstructedView(string Target, string Caption, string? PutBack, byte[] Pixels);
