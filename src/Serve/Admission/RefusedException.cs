namespace Unreel.Serve.Admission;

/// <summary>A request that was let in cannot go on, since the server has too much to do: to be answered with 429.</summary>
/// <param name="refusal">Why, and when to come back.</param>
internal sealed class RefusedException(AdmissionRefusal refusal) : Exception(refusal.Reason)
{
    /// <summary>Why, and when to come back.</summary>
    public AdmissionRefusal Refusal { get; } = refusal;
}
