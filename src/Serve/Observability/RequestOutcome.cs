namespace Unreel.Serve.Observability;

/// <summary>How a request ended.</summary>
public enum RequestOutcome
{
    /// <summary>It was answered.</summary>
    Success,

    /// <summary>The caller asked for what cannot be had.</summary>
    Invalid,

    /// <summary>The caller has no key that opens the route.</summary>
    Denied,

    /// <summary>The server had too much to do, or was not ready.</summary>
    Refused,

    /// <summary>The caller went away.</summary>
    Cancelled,

    /// <summary>The server failed, or was too slow.</summary>
    Failed,
}

/// <summary>Why a request did not end well.</summary>
public enum RequestReason
{
    /// <summary>It did.</summary>
    None,

    /// <summary>Malformed, or an argument out of range.</summary>
    BadRequest,

    /// <summary>No key, or an unknown one.</summary>
    NoKey,

    /// <summary>A key that does not open this route.</summary>
    WrongScope,

    /// <summary>A page of another site sent it.</summary>
    CrossSite,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>The upload did not end in time.</summary>
    SlowUpload,

    /// <summary>More bytes than the server takes.</summary>
    TooLarge,

    /// <summary>The content type holds no video.</summary>
    UnsupportedMedia,

    /// <summary>The video cannot be read.</summary>
    Undecodable,

    /// <summary>The video asks for more than it may: pixels, frames, duration, time, memory.</summary>
    BeyondLimits,

    /// <summary>The decoding process was lost with the video.</summary>
    DecoderLost,

    /// <summary>The server is full.</summary>
    Full,

    /// <summary>The model is not in service yet, or the server is stopping.</summary>
    NotReady,

    /// <summary>Not finished within the deadline.</summary>
    Deadline,

    /// <summary>The caller went away.</summary>
    CallerGone,

    /// <summary>No room for the upload.</summary>
    NoRoom,

    /// <summary>The artifact store cannot be reached.</summary>
    StoreUnreachable,

    /// <summary>A mistake of the server.</summary>
    Internal,
}
