using System.Globalization;
using Unreel.Serve.Admission;
using Unreel.Serve.Http;
using Unreel.Serve.Models;
using Unreel.Video;

namespace Unreel.Serve.Classify;

/// <summary><c>POST</c> or <c>PUT /v1/classify</c>: videos in, labels out.</summary>
internal sealed class ClassifyEndpoint(ServeOptions options, ModelRegistry models, AdmissionGate gate, ClipRunner runner, TimeProvider clock)
{
    /// <summary>How many classes are answered where <c>top_k</c> is not given.</summary>
    public const int DefaultTopK = 5;

    /// <summary>Answers one request.</summary>
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        using ModelLease? lease = models.Default.Lease();
        if (lease?.Model is not { } model)
            return Problems.Busy(context, StatusCodes.Status503ServiceUnavailable, TimeSpan.FromSeconds(2), "The model is still being loaded.");

        int topK = ReadTopK(context.Request.Query["top_k"], model.Classifier.Labels.Count);
        using AdmissionTicket? ticket = gate.TryEnter(model, options.Deadline, out AdmissionRefusal? refusal);
        if (ticket is null)
            return Problems.Busy(context, StatusCodes.Status429TooManyRequests, refusal!.RetryAfter, refusal.Reason);

        using CancellationTokenSource deadline = new(options.Deadline, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        IReadOnlyList<Upload>? uploads = null;
        try
        {
            uploads = await UploadReader.ReadAsync(context.Request, options, either.Token);
            return await ClassifyAsync(context, uploads, model, ticket, topK, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return Late(context, uploads is null);
        }
        finally
        {
            await UploadReader.DisposeAsync(uploads ?? []);
        }
    }

    private static int ReadTopK(string? text, int classes)
    {
        if (string.IsNullOrEmpty(text))
            return Math.Min(DefaultTopK, classes);

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= classes
            ? value
            : throw new RequestException(StatusCodes.Status400BadRequest, $"top_k is '{text}'; expected a whole number from 1 to {classes}, the number of the model's labels.");
    }

    private IResult Late(HttpContext context, bool uploading)
    {
        string seconds = options.Deadline.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return uploading
            ? Problems.Of(context, StatusCodes.Status408RequestTimeout, $"The upload did not end within {seconds} s.")
            : Problems.Of(context, StatusCodes.Status504GatewayTimeout, $"The request could not be finished within {seconds} s.");
    }

    // Alone, a video that cannot be read fails the request (422); among several it costs only its own entry.
    private async Task<IResult> ClassifyAsync(HttpContext context, IReadOnlyList<Upload> uploads, ServedModel model, AdmissionTicket ticket, int topK, CancellationToken ct)
    {
        List<FileResult> results = [];
        foreach (Upload upload in uploads)
        {
            try
            {
                results.Add(await runner.RunAsync(upload, model, ticket, topK, ct));
            }
            catch (VideoException problem) when (uploads.Count > 1)
            {
                results.Add(new FileResult { File = upload.FileName, Error = problem.Message });
            }
        }

        if (results.TrueForAll(result => result.Error is not null))
            return Problems.Of(context, StatusCodes.Status422UnprocessableEntity, string.Join(' ', results.Select(result => result.Error)));

        return Results.Json(new ClassifyResponse(new ModelSummary(model.Source.Reference, model.Source.Digest.ToString()), results), ServeJson.Options);
    }
}
