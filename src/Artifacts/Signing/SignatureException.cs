namespace Unreel.Artifacts;

/// <summary>An artifact has no good signature, or a key is none; the message names the artifact or file, what was expected and what was found.</summary>
public sealed class SignatureException(string message, Exception? inner = null)
    : StoreException(message, inner);
