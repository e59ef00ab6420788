namespace Unreel.Serve.Http;

/// <summary>What a key opens.</summary>
[Flags]
public enum KeyScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>What answers videos and tensors: the page at <c>/</c>, <c>/v1</c>, <c>/v2</c> and the API's description.</summary>
    Inference = 1,

    /// <summary>The registry, the metrics, and all else that is there.</summary>
    Management = 2,

    /// <summary>Everything.</summary>
    All = Inference | Management,
}
