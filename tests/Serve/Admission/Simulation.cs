using Unreel.Serve.Admission;
using Unreel.Testing;
using Unreel.Video;

namespace Unreel.Serve.Tests;

/// <summary>A server of some decoders and lanes whose requests take what they are told to, on a clock of its own: the book decides who comes in.</summary>
internal sealed class Simulation
{
    private readonly FakeTimeProvider _clock = new();
    private readonly PriorityQueue<Action, (double At, int Order)> _events = new();
    private readonly Queue<Client> _toDecode = new(), _toInfer = new();
    private readonly Func<RandomStream, double> _decode, _infer;
    private readonly RandomStream _random = new(5, "simulation", 0);
    private readonly TimeSpan _deadline;
    private int _decoders, _lanes, _order;
    private double _now, _loopUntil;

    public Simulation(int decoders, int lanes, int queue, Func<RandomStream, double> decode, Func<RandomStream, double> infer, TimeSpan? deadline = null)
    {
        (_decoders, _lanes, _decode, _infer, _deadline) = (decoders, lanes, decode, infer, deadline ?? TimeSpan.FromSeconds(60));
        Book = new AdmissionBook(decoders, Math.Max(decoders, lanes) + queue, _clock);
        Lanes = lanes;
    }

    public AdmissionBook Book { get; }

    /// <summary>Seconds from the coming of each request that was answered to its answer, in the order of the answers.</summary>
    public List<(double Came, double Took)> Answered { get; } = [];

    /// <summary>The refusals, with the times of their coming.</summary>
    public List<(double Came, AdmissionRefusal Refusal)> Refused { get; } = [];

    private int Lanes { get; }

    /// <summary>Requests that come at random, so many a second on average, for some seconds.</summary>
    public void Crowd(double perSecond, double from, double until)
    {
        for (double at = from; at < until; at += -Math.Log(1 - _random.NextDouble()) / perSecond)
            Come(at);
    }

    /// <summary>Clients that each send the next request when the one before is answered.</summary>
    public void Loop(int clients, double until)
    {
        _loopUntil = until;
        for (int client = 0; client < clients; client++)
            Come(0);
    }

    /// <summary>A request comes.</summary>
    public void Come(double at) => At(at, () =>
    {
        AdmissionEntry? entry = Book.TryEnter("m", Lanes, decodes: true, _deadline, out AdmissionRefusal? refusal);
        if (entry is null)
        {
            Refused.Add((_now, refusal!));
            return;
        }

        Book.Move(entry, AdmissionStage.AwaitsDecoder);
        _toDecode.Enqueue(new Client(entry, _now));
        GoOn();
    });

    /// <summary>Runs until nothing is left to happen.</summary>
    public void Run()
    {
        while (_events.TryDequeue(out Action? next, out (double At, int Order) when))
        {
            _clock.Advance(TimeSpan.FromSeconds(when.At - _now));
            _now = when.At;
            next();
        }
    }

    private void At(double at, Action what) => _events.Enqueue(what, (at, _order++));

    private void GoOn()
    {
        while (_decoders > 0 && _toDecode.TryDequeue(out Client? client))
        {
            _decoders--;
            Book.Move(client.Entry, AdmissionStage.Decodes);
            At(_now + _decode(_random), () => Decoded(client));
        }

        while (_lanes > 0 && _toInfer.TryDequeue(out Client? client))
        {
            _lanes--;
            double takes = _infer(_random);
            At(_now + takes, () => Inferred(client, takes));
        }
    }

    private void Decoded(Client client)
    {
        _decoders++;
        Book.Move(client.Entry, AdmissionStage.Between, learn: true);
        Book.Move(client.Entry, AdmissionStage.Infers);
        _toInfer.Enqueue(client);
        GoOn();
    }

    private void Inferred(Client client, double takes)
    {
        _lanes++;
        Book.Inferred(client.Entry, TimeSpan.FromSeconds(takes));
        Book.Move(client.Entry, AdmissionStage.Between);
        Book.Exit(client.Entry);
        Answered.Add((client.Came, _now - client.Came));
        if (_now < _loopUntil)
            Come(_now);
        GoOn();
    }

    private sealed record Client(AdmissionEntry Entry, double Came);
}
