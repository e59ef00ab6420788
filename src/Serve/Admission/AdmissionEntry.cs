namespace Unreel.Serve.Admission;

/// <summary>Where a request is.</summary>
internal enum AdmissionStage
{
    /// <summary>Its upload is being read.</summary>
    Uploads,

    /// <summary>Its video waits for a decoder.</summary>
    AwaitsDecoder,

    /// <summary>Its video is being decoded.</summary>
    Decodes,

    /// <summary>It has a decoder for as long as it lasts and asks for the model now and then: a long video, read window by window.</summary>
    Streams,

    /// <summary>It waits for the model, or is with it.</summary>
    Infers,

    /// <summary>None of these.</summary>
    Between,
}

/// <summary>A request that was let in; changed by its book only.</summary>
/// <param name="backlog">That of its model.</param>
/// <param name="decodes">Whether it brings a video; else it brings frames.</param>
/// <param name="number">How many were let in until then.</param>
/// <param name="isFirst">Whether nobody else was inside.</param>
internal sealed class AdmissionEntry(Backlog backlog, bool decodes, long number, bool isFirst)
{
    /// <summary>The requests for the same model.</summary>
    public Backlog Backlog { get; } = backlog;

    /// <summary>Whether it brings a video.</summary>
    public bool Decodes { get; } = decodes;

    /// <summary>How many were let in until then.</summary>
    public long Number { get; } = number;

    /// <summary>Whether nobody else was inside when it came.</summary>
    public bool IsFirst { get; } = isFirst;

    /// <summary>Where it is.</summary>
    public AdmissionStage Stage { get; set; } = AdmissionStage.Between;

    /// <summary>Seconds on the book's clock at which it came there.</summary>
    public double Since { get; set; }

    /// <summary>Seconds of decoding and inference that it has had.</summary>
    public double Worked { get; set; }

    /// <summary>Decodings and inferences that it has begun, and those that ended well.</summary>
    public int Begun { get; set; }

    /// <inheritdoc cref="Begun"/>
    public int Done { get; set; }

    /// <summary>Whether it was what most are, and went well: one video, or frames, and one inference. A long video that is read window by window is not.</summary>
    public bool IsUsual => Begun == Done && Done == (Decodes ? 2 : 1);

    /// <summary>What its inference under way takes, in inferences of a usual request.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>Whether its upload takes so long that it is not counted until it is here.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Its place among those that upload; null elsewhere.</summary>
    public LinkedListNode<AdmissionEntry>? Place { get; set; }
}

/// <summary>Why a request is not let in.</summary>
/// <param name="RetryAfter">When it is likely to be.</param>
/// <param name="Reason">A sentence for the caller.</param>
public sealed record AdmissionRefusal(TimeSpan RetryAfter, string Reason);
