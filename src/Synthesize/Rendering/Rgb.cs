namespace Unreel.Synthesize.Rendering;

/// <summary>A colour, 0..255 a channel.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B);
