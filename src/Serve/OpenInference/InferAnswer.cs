using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Unreel.Onnx;
using Unreel.Pipelines;
using Unreel.Serve.Models;

namespace Unreel.Serve.OpenInference;

/// <summary>An output to be answered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsBinary">Whether as bytes behind the JSON.</param>
/// <param name="Values">Row after row, one a clip.</param>
internal readonly record struct OutputTensor(string Name, bool IsBinary, float[] Values);

/// <summary>The answer to an inference request: JSON, and behind it the outputs that are wanted as bytes.</summary>
internal sealed class InferAnswer(InferRequest request, ModelChoice model, int clips, IReadOnlyList<OutputTensor> outputs) : IResult
{
    /// <summary>Chooses the outputs a request wants.</summary>
    /// <exception cref="Http.RequestException">It wants one that the model does not give, or one twice (400).</exception>
    public static IReadOnlyList<(string Name, bool IsBinary)> Wanted(InferRequest request, IClipClassifier model)
    {
        string[] given = [.. ModelTensors.Outputs(model).Select(output => output.Name)];
        if (request.Outputs.Count == 0)
            return [.. given.Select(name => (name, request.IsBinary))];

        foreach (InferOutput output in request.Outputs)
        {
            if (!given.Contains(output.Name))
                throw InferErrors.Refused($"The model has no output '{output.Name}'; it gives {string.Join(", ", given)}.");
            if (request.Outputs.Count(other => other.Name == output.Name) > 1)
                throw InferErrors.Refused($"The output '{output.Name}' is asked for twice.");
        }

        return [.. request.Outputs.Select(output => (output.Name, output.IsBinary ?? request.IsBinary))];
    }

    /// <summary>Takes an output out of what the model gave.</summary>
    /// <exception cref="UsageException">It is not finite: the model's fault, and not to be taken for an answer.</exception>
    public static OutputTensor Take(string name, bool isBinary, Predictions predictions)
    {
        float[] values = name switch
        {
            ClassifierGraph.Logits => predictions.Logits,
            ClassifierGraph.Probabilities => predictions.Probabilities,
            _ => predictions.Features,
        };
        return Array.TrueForAll(values, float.IsFinite)
            ? new OutputTensor(name, isBinary, values)
            : throw new UsageException("The model's answer is not finite; its weights are damaged or were trained to no end.");
    }

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArrayBufferWriter<byte> body = new(1024);
        WriteJson(body);
        HttpResponse response = httpContext.Response;
        response.ContentType = "application/json";
        if (outputs.Any(output => output.IsBinary))
        {
            response.ContentType = "application/octet-stream";
            response.Headers[InferBody.Header] = body.WrittenCount.ToString(CultureInfo.InvariantCulture);
            foreach (OutputTensor output in outputs.Where(output => output.IsBinary))
                body.Write(MemoryMarshal.AsBytes<float>(output.Values));
        }

        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, httpContext.RequestAborted);
    }

    private void WriteJson(ArrayBufferWriter<byte> body)
    {
        using Utf8JsonWriter json = new(body);
        json.WriteStartObject();
        json.WriteString("model_name", model.Name);
        json.WriteString("model_version", model.Version);
        if (request.Id is { } id)
            json.WriteString("id", id);
        json.WriteStartArray("outputs");
        foreach (OutputTensor output in outputs)
            WriteOutput(json, output);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteOutput(Utf8JsonWriter json, OutputTensor output)
    {
        json.WriteStartObject();
        json.WriteString("name", output.Name);
        json.WriteString("datatype", ModelTensors.Floats);
        json.WriteStartArray("shape");
        json.WriteNumberValue(clips);
        json.WriteNumberValue(output.Values.Length / clips);
        json.WriteEndArray();
        if (output.IsBinary)
        {
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", (long)output.Values.Length * sizeof(float));
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("data");
            foreach (float value in output.Values)
                json.WriteNumberValue(value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
