using Unreel.Artifacts;
using Unreel.Serve.Observability;

namespace Unreel.Serve.Models;

/// <summary>Why a model that a tag moved to is not in service.</summary>
/// <param name="Digest">The artifact.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="At">When it was tried.</param>
public sealed record ModelRefusal(Digest Digest, string Reason, DateTimeOffset At);

/// <summary>The place of one version of a model: empty until one is loaded and warm, and exchanged between two requests.</summary>
public sealed class ModelHost(ModelChoice choice) : IDisposable
{
    private readonly Lock _change = new();
    private ServedModel? _current;
    private ModelRefusal? _refusal;
    private Task _closing = Task.CompletedTask;
    private bool _over;

    /// <summary>What was asked for.</summary>
    public ModelChoice Choice { get; } = choice;

    /// <summary>The model in service, or null before the first is ready; to look at, not to run.</summary>
    public ServedModel? Current => Volatile.Read(ref _current);

    /// <summary>The last model that was not taken into service, and why; null where none was refused, or one was taken up since.</summary>
    public ModelRefusal? Refusal => Volatile.Read(ref _refusal);

    /// <summary>Ends when the models that have left service are closed.</summary>
    public Task Closing => Volatile.Read(ref _closing);

    /// <summary>What is told of the models here; null for nothing.</summary>
    internal ServeMeter? Meter { get; init; }

    /// <summary>Holds the model in service for a request; null before the first is ready.</summary>
    public ModelLease? Lease()
    {
        if (RequestRecord.Current is { } record)
            record.Model = Choice;

        while (Current is { } model)
        {
            if (model.TryLease() is { } lease)
                return lease;
        }

        return null;
    }

    /// <summary>Puts a warm model into service; the one it replaces closes when its last request is done. After the end of the place it is closed itself.</summary>
    public void Put(ServedModel model)
    {
        model.Ran = batch => Meter?.Executed(Choice, batch);
        lock (_change)
        {
            if (_over)
            {
                // The server stopped while it was loaded: nobody will ask for it.
                Leave(model);
                return;
            }

            Volatile.Write(ref _refusal, null);
            Meter?.ModelServing(Choice, model.Source.Digest.ToString(), model.Classifier.Provider);
            if (Interlocked.Exchange(ref _current, model) is not { } old)
                return;

            Meter?.ModelSwapped(Choice);
            Leave(old);
        }
    }

    /// <summary>Forgets a refusal: nothing else than what is in service is wanted any more.</summary>
    internal void Forgive() => Volatile.Write(ref _refusal, null);

    /// <summary>Remembers a model that was not taken into service.</summary>
    internal void Refuse(ModelRefusal refusal)
    {
        Volatile.Write(ref _refusal, refusal);
        Meter?.ModelRolledBack(Choice);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_change)
        {
            _over = true;
            if (Interlocked.Exchange(ref _current, null) is { } last)
                Leave(last);
        }
    }

    private void Leave(ServedModel model)
    {
        model.Release();
        _closing = _closing.IsCompletedSuccessfully ? model.Closed : Task.WhenAll(_closing, model.Closed);
    }
}
