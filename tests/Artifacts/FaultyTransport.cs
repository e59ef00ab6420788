using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Unreel.Artifacts.Tests;

/// <summary>Answers each request by a script, or passes it on to the network.</summary>
public sealed class FaultyTransport(Func<Request, int, FaultyTransport.Act> script) : HttpPipelineTransport
{
    private static readonly HttpClientTransport Network = HttpClientTransport.Shared;
    private int _requests;

    /// <summary>What becomes of a request.</summary>
    public abstract record Act
    {
        /// <summary>It is sent.</summary>
        public sealed record Pass : Act;

        /// <summary>It is sent, and the answer is lost on its way back.</summary>
        public sealed record LoseAnswer : Act;

        /// <summary>The connection fails.</summary>
        public sealed record Break : Act;

        /// <summary>Nothing ever comes back; <paramref name="Started"/> is told.</summary>
        public sealed record Hang(Action Started) : Act;

        /// <summary>It is answered in the service's place.</summary>
        public sealed record Answer(int Status, params (string Name, string Value)[] Headers) : Act;
    }

    /// <summary>Requests seen so far.</summary>
    public int Requests => _requests;

    public override Request CreateRequest() => Network.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        switch (script(message.Request, Interlocked.Increment(ref _requests) - 1))
        {
            case Act.Pass:
                await Network.ProcessAsync(message);
                break;
            case Act.LoseAnswer:
                await Network.ProcessAsync(message);
                throw new RequestFailedException(0, "The connection was lost.", new IOException("connection reset"));
            case Act.Break:
                throw new RequestFailedException(0, "No connection.", new IOException("connection refused"));
            case Act.Hang hang:
                hang.Started();
                await Task.Delay(Timeout.Infinite, message.CancellationToken);
                break;
            case Act.Answer answer:
                message.Response = new Scripted(answer) { ClientRequestId = message.Request.ClientRequestId };
                break;
        }
    }

    private sealed class Scripted(Act.Answer answer) : Response
    {
        public override int Status => answer.Status;

        public override string ReasonPhrase => "scripted";

        public override Stream? ContentStream { get; set; } = new MemoryStream();

        public override string ClientRequestId { get; set; } = string.Empty;

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => answer.Headers.Select(h => new HttpHeader(h.Name, h.Value));

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
        {
            value = answer.Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
            return value is not null;
        }

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = TryGetHeader(name, out string? value) ? [value] : null;
            return values is not null;
        }
    }
}
