using Unreel.Video;
using Unreel.Video.Boxes;

namespace Unreel.Serve.Observability;

/// <summary>What an answer's status says of how a request ended.</summary>
internal static class RequestEnd
{
    /// <summary>Reads a status.</summary>
    public static (RequestOutcome Outcome, RequestReason Reason) Of(int status) => status switch
    {
        < 400 => (RequestOutcome.Success, RequestReason.None),
        StatusCodes.Status401Unauthorized => (RequestOutcome.Denied, RequestReason.NoKey),
        StatusCodes.Status403Forbidden => (RequestOutcome.Denied, RequestReason.WrongScope),
        StatusCodes.Status404NotFound => (RequestOutcome.Invalid, RequestReason.NotFound),
        StatusCodes.Status408RequestTimeout => (RequestOutcome.Invalid, RequestReason.SlowUpload),
        StatusCodes.Status413PayloadTooLarge => (RequestOutcome.Invalid, RequestReason.TooLarge),
        StatusCodes.Status415UnsupportedMediaType => (RequestOutcome.Invalid, RequestReason.UnsupportedMedia),
        StatusCodes.Status422UnprocessableEntity => (RequestOutcome.Invalid, RequestReason.Undecodable),
        StatusCodes.Status429TooManyRequests => (RequestOutcome.Refused, RequestReason.Full),
        StatusCodes.Status499ClientClosedRequest => (RequestOutcome.Cancelled, RequestReason.CallerGone),
        StatusCodes.Status503ServiceUnavailable => (RequestOutcome.Refused, RequestReason.NotReady),
        StatusCodes.Status504GatewayTimeout => (RequestOutcome.Failed, RequestReason.Deadline),
        StatusCodes.Status507InsufficientStorage => (RequestOutcome.Failed, RequestReason.NoRoom),
        < 500 => (RequestOutcome.Invalid, RequestReason.BadRequest),
        _ => (RequestOutcome.Failed, RequestReason.Internal),
    };

    /// <summary>Why a video was not decoded to its end; null where its own bytes are to blame.</summary>
    public static RequestReason? Of(VideoException problem) => problem is not DecodeStoppedException stop ? null
        : stop.Reason is DecodeStop.Memory or DecodeStop.Time or DecodeStop.Processor ? RequestReason.BeyondLimits
        : RequestReason.DecoderLost;
}
