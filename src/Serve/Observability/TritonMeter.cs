using System.Diagnostics.Metrics;
using Unreel.Serve.Models;

namespace Unreel.Serve.Observability;

/// <summary>The figures that Triton gives, under its names and in its units (microseconds, summed).</summary>
internal sealed class TritonMeter : IDisposable
{
    private readonly Counter<long> _success;
    private readonly Counter<long> _failure;
    private readonly Counter<long> _count;
    private readonly Counter<long> _executions;
    private readonly Counter<long> _requestDuration;
    private readonly Counter<long> _queueDuration;
    private readonly Counter<long> _inputDuration;
    private readonly Counter<long> _inferDuration;

    public TritonMeter(string name)
    {
        Meter = new Meter(name);
        _success = Count("nv_inference_request_success", "Requests answered by a model.");
        _failure = Count("nv_inference_request_failure", "Requests to a model that failed, by reason.");
        _count = Count("nv_inference_count", "Clips that ran through a model.");
        _executions = Count("nv_inference_exec_count", "Runs of a model; a batch is one.");
        _requestDuration = Count("nv_inference_request_duration_us", "Microseconds of the requests to a model, summed.");
        _queueDuration = Count("nv_inference_queue_duration_us", "Microseconds that requests waited for their turn, summed.");
        _inputDuration = Count("nv_inference_compute_input_duration_us", "Microseconds of decoding and resizing, summed.");
        _inferDuration = Count("nv_inference_compute_infer_duration_us", "Microseconds in the model, summed over requests.");
    }

    public Meter Meter { get; }

    public void Begin(ModelChoice model)
    {
        foreach (Counter<long> counter in (Counter<long>[])[_success, _count, _executions, _requestDuration, _queueDuration, _inputDuration, _inferDuration])
            Add(counter, model, 0);
        foreach (string reason in (string[])["REJECTED", "CANCELED", "BACKEND", "OTHER"])
            _failure.Add(0, new("model", model.Name), new("version", model.Version), new("reason", reason));
    }

    public void RequestFinished(ModelChoice model, RequestOutcome outcome, RequestReason reason, TimeSpan duration)
    {
        if (outcome == RequestOutcome.Success)
            Add(_success, model, 1);
        else
            _failure.Add(1, new("model", model.Name), new("version", model.Version), new("reason", ReasonOf(outcome, reason)));
        Add(_requestDuration, model, Microseconds(duration));
    }

    public void Queued(ModelChoice model, TimeSpan waited) => Add(_queueDuration, model, Microseconds(waited));

    public void Decoded(ModelChoice model, TimeSpan took) => Add(_inputDuration, model, Microseconds(took));

    public void Inferred(ModelChoice model, int clips, TimeSpan took)
    {
        Add(_count, model, clips);
        Add(_inferDuration, model, Microseconds(took));
    }

    public void Executed(ModelChoice model) => Add(_executions, model, 1);

    public void Dispose() => Meter.Dispose();

    // Triton's words for why: turned away, given up, the model's fault, anything else.
    private static string ReasonOf(RequestOutcome outcome, RequestReason reason) => outcome switch
    {
        RequestOutcome.Refused => "REJECTED",
        RequestOutcome.Cancelled => "CANCELED",
        RequestOutcome.Failed when reason is RequestReason.Internal => "BACKEND",
        _ => "OTHER",
    };

    private static long Microseconds(TimeSpan span) => (long)Math.Max(0, span.TotalMicroseconds);

    private static void Add(Counter<long> counter, ModelChoice model, long value) => counter.Add(value, new("model", model.Name), new KeyValuePair<string, object?>("version", model.Version));

    private Counter<long> Count(string name, string description) => Meter.CreateCounter<long>(name, description: description);
}
