using System.Diagnostics;
using Unreel.Serve.Admission;
using Unreel.Serve.Models;
using Unreel.Serve.Observability;

namespace Unreel.Serve.Classify;

/// <summary>A request that was let in to a model. What it does there is told to the meters here, for all routes alike.</summary>
internal sealed class ModelRequest(HttpContext context, ModelChoice choice, ServedModel model, AdmissionTicket ticket, RequestTime time, ServeMeter meter)
{
    /// <summary>The request.</summary>
    public HttpContext Context { get; } = context;

    /// <summary>The model by its names.</summary>
    public ModelChoice Choice { get; } = choice;

    /// <summary>The model, held open as long as the request.</summary>
    public ServedModel Model { get; } = model;

    /// <summary>How long it may take.</summary>
    public RequestTime Time { get; } = time;

    /// <summary>The model as answers name it.</summary>
    public ModelSummary Summary => new(Choice.Name, Choice.Version, Model.Source.Digest.ToString());

    /// <summary>Whether its body is here.</summary>
    public bool HasArrived { get; private set; }

    /// <summary>Notes that the body is here.</summary>
    /// <exception cref="RefusedException">It took long, and the server has too much to do now.</exception>
    public void Arrived(long bytes)
    {
        HasArrived = true;
        meter.Uploaded(bytes);
        ticket.Arrive(Time.Left);
    }

    /// <summary>Waits for a decoder; dispose what is returned when it is no longer needed.</summary>
    /// <param name="ct">Gives up waiting.</param>
    public async Task<DecoderPlace> AwaitDecoderAsync(CancellationToken ct)
    {
        using Activity? span = ServeSpans.Queue(Choice);
        return await ticket.DecodeAsync(ct);
    }

    /// <summary>Waits for a decoder that reads the request's videos window by window; kept until the request ends.</summary>
    /// <param name="ct">Gives up waiting.</param>
    /// <exception cref="RefusedException">As many timelines are worked on as may be.</exception>
    public async Task AwaitTimelineAsync(CancellationToken ct)
    {
        using Activity? span = ServeSpans.Queue(Choice);
        await ticket.StreamAsync(ct);
    }

    /// <summary>Notes that a video, or a window of one, was decoded.</summary>
    public void Decoded(TimeSpan took, int frames) => meter.Decoded(Choice, took, frames);

    /// <summary>Notes how long a video, or a window of one, or frames had to wait in all.</summary>
    public void Queued(TimeSpan waited) => meter.Queued(Choice, waited);

    /// <summary>Runs the model when it is this request's turn.</summary>
    public async Task<InferenceResult> InferAsync(ReadOnlyMemory<byte> clips, int count, CancellationToken ct)
    {
        using Activity? span = ServeSpans.Inference(Choice, count);
        InferenceResult result = await ticket.InferAsync(Model, clips, count, ct);
        meter.Inferred(Choice, count, result.Computed);
        return result;
    }
}
