namespace Unreel.Pipelines;

/// <summary>Runs stages as soon as those they depend on are done and there is room for them.</summary>
internal sealed class StageScheduler
{
    private readonly List<PlannedStage> _waiting = [];
    private readonly Dictionary<Task<RunOutcome>, PlannedStage> _running = [];
    private readonly Dictionary<string, RunOutcome> _outcomes = [];

    // The stages that did not end well, and those that cannot run for it, with the id of the one that is to blame.
    private readonly Dictionary<string, string> _broken = [];
    private string? _stopped;
    private int _told;

    /// <summary>The stages, each after those it depends on.</summary>
    public required IReadOnlyList<PlannedStage> Stages { get; init; }

    /// <summary>Who may work beside whom.</summary>
    public required Admission Admission { get; init; }

    /// <summary>Runs one stage; what it throws is an outcome already.</summary>
    public required Func<PlannedStage, Task<RunOutcome>> Run { get; init; }

    /// <summary>Why a stage is left out, or null.</summary>
    public required Func<PlannedStage, string?> LeftOut { get; init; }

    /// <summary>Gets each outcome once.</summary>
    public required Action<RunOutcome> Tell { get; init; }

    /// <summary>Whether a failure stops only what depends on it.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Whether outcomes are told in the order of the stages, not as they come.</summary>
    public bool TellsInOrder { get; init; }

    /// <summary>Runs all of them.</summary>
    /// <returns>One outcome a stage, in the order of the stages.</returns>
    public async Task<IReadOnlyList<RunOutcome>> RunAsync()
    {
        _waiting.AddRange(Stages);
        while (true)
        {
            StartWhatCan();
            if (_running.Count == 0)
                break;

            Task<RunOutcome> ended = await Task.WhenAny(_running.Keys);
            _running.Remove(ended, out PlannedStage? stage);
            Admission.Leave(stage!.Id);
            End(await ended);
        }

        return [.. Stages.Select(stage => _outcomes[stage.Id])];
    }

    private void StartWhatCan()
    {
        foreach (PlannedStage stage in _waiting.ToArray())
        {
            if (WhyNot(stage) is { } reason)
                End(new RunOutcome { Stage = stage, State = StageState.Skipped, Reason = reason });
            else if (stage.Dependencies.All(_outcomes.ContainsKey) && Admission.TryEnter(stage.Id, stage.Needs))
                _running.Add(Run(stage), stage);
            else
                continue;

            _waiting.Remove(stage);
        }
    }

    /// <summary>Why a stage can no longer run; null while it can.</summary>
    private string? WhyNot(PlannedStage stage)
    {
        string? broken = _stopped ?? stage.Dependencies.Select(id => _broken.GetValueOrDefault(id)).FirstOrDefault(id => id is not null);
        if (broken is null)
            return LeftOut(stage);

        _broken.TryAdd(stage.Id, broken);
        return $"{broken} did not end well";
    }

    private void End(RunOutcome outcome)
    {
        string id = outcome.Stage.Id;
        _outcomes.Add(id, outcome);
        if (outcome.ExitCode != ExitCodes.Done)
        {
            _broken.Add(id, id);
            if (!KeepGoing || outcome.State == StageState.Cancelled)
                _stopped ??= id;
        }

        if (!TellsInOrder)
            Tell(outcome);
        for (; TellsInOrder && _told < Stages.Count && _outcomes.TryGetValue(Stages[_told].Id, out RunOutcome? next); _told++)
            Tell(next);
    }
}
