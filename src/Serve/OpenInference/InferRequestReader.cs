using System.Text.Json;

namespace Unreel.Serve.OpenInference;

/// <summary>Reads the JSON of an inference request in one pass. Members that the protocol does not name are passed over.</summary>
internal ref struct InferRequestReader
{
    private const int MostDeep = 32, MostItems = 16, LongestName = 256;

    private readonly Span<byte> _json;
    private Utf8JsonReader _reader;

    private InferRequestReader(Span<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDeep });
    }

    /// <summary>Reads a request.</summary>
    /// <param name="json">The text; tensors in it are laid into its own room.</param>
    /// <exception cref="Http.RequestException">It is no JSON, or not what the protocol says (400).</exception>
    public static InferRequest Read(Span<byte> json)
    {
        try
        {
            InferRequestReader reader = new(json);
            InferRequest request = reader.Request();
            return reader._reader.Read() ? throw InferErrors.Refused("More than one value was sent.") : request;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The second kind is what the reader throws for text that is no valid Unicode.
            throw InferErrors.Refused($"The request is no valid JSON: {problem.Message}");
        }
    }

    private InferRequest Request()
    {
        string? id = null;
        List<InferInput>? inputs = null;
        List<InferOutput> outputs = [];
        Parameters parameters = default;
        _reader.Read();
        Names seen = Open("The request");
        while (Next(ref seen) is { } name)
        {
            switch (name)
            {
                case "id":
                    id = Text("id");
                    break;
                case "inputs":
                    inputs = Items("inputs", static (ref InferRequestReader reader) => reader.Input());
                    break;
                case "outputs":
                    outputs = Items("outputs", static (ref InferRequestReader reader) => reader.Output());
                    break;
                case "parameters":
                    parameters = ReadParameters();
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }

        return new InferRequest(id, inputs ?? throw InferErrors.Refused("The request has no 'inputs'."), outputs, parameters.BinaryOutput ?? false);
    }

    private InferInput Input()
    {
        string? name = null, type = null;
        List<long>? shape = null;
        JsonTensor? data = null;
        Parameters parameters = default;
        Names seen = Open("An input");
        while (Next(ref seen) is { } member)
        {
            switch (member)
            {
                case "name":
                    name = Text("name");
                    break;
                case "datatype":
                    type = Text("datatype");
                    break;
                case "shape":
                    shape = Items("shape", static (ref InferRequestReader reader) => reader.Whole("an extent of the shape"));
                    break;
                case "data":
                    data = JsonTensorReader.Read(ref _reader, _json);
                    break;
                case "parameters":
                    parameters = ReadParameters();
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }

        return new InferInput(
            name ?? throw InferErrors.Refused("An input has no 'name'."),
            type ?? throw InferErrors.Refused($"The input '{name}' has no 'datatype'."),
            shape ?? throw InferErrors.Refused($"The input '{name}' has no 'shape'."),
            parameters.BinarySize,
            data);
    }

    private InferOutput Output()
    {
        string? name = null;
        Parameters parameters = default;
        Names seen = Open("An output");
        while (Next(ref seen) is { } member)
        {
            switch (member)
            {
                case "name":
                    name = Text("name");
                    break;
                case "parameters":
                    parameters = ReadParameters();
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }

        return new InferOutput(name ?? throw InferErrors.Refused("An output has no 'name'."), parameters.Binary);
    }

    // What would change the answer and is not known is refused, so that nobody takes one answer for another.
    private Parameters ReadParameters()
    {
        Parameters parameters = default;
        Names seen = Open("'parameters'");
        while (Next(ref seen) is { } name)
        {
            switch (name)
            {
                case "binary_data_size":
                    parameters.BinarySize = Whole(name);
                    break;
                case "binary_data":
                    parameters.Binary = Truth(name);
                    break;
                case "binary_data_output":
                    parameters.BinaryOutput = Truth(name);
                    break;
                case "classification" or "shared_memory_region" or "shared_memory_byte_size" or "shared_memory_offset" or "sequence_id":
                    throw InferErrors.Refused($"The parameter '{name}' is of an extension that this server does not have.");
                default:
                    _reader.Skip();
                    break;
            }
        }

        return parameters;
    }

    private readonly Names Open(string what) =>
        _reader.TokenType == JsonTokenType.StartObject ? new Names([]) : throw InferErrors.Refused($"{what} is no object.");

    // The name of the next member, with the reader at its value; null at the object's end.
    private string? Next(ref Names seen)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
            return null;
        if (_reader.ValueSpan.Length > LongestName)
            throw InferErrors.Refused($"A member's name has more than {LongestName} bytes.");

        string name = _reader.GetString()!;
        if (seen.All.Count == LongestName || !seen.All.Add(name))
            throw InferErrors.Refused($"The member '{name}' is given twice, or there are more than {LongestName}.");

        _reader.Read();
        return name;
    }

    private List<T> Items<T>(string name, ItemReader<T> read)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
            throw InferErrors.Refused($"'{name}' is no array.");

        List<T> items = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (items.Count == MostItems)
                throw InferErrors.Refused($"'{name}' has more than {MostItems} items.");

            items.Add(read(ref this));
        }

        return items;
    }

    private readonly string Text(string name)
    {
        if (_reader.TokenType != JsonTokenType.String)
            throw InferErrors.Refused($"'{name}' is no string.");
        if (_reader.ValueSpan.Length > LongestName)
            throw InferErrors.Refused($"'{name}' has more than {LongestName} bytes.");

        return _reader.GetString()!;
    }

    private readonly long Whole(string name) =>
        _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out long value) ? value : throw InferErrors.Refused($"{name} is no whole number of 64 bits.");

    private readonly bool Truth(string name) => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw InferErrors.Refused($"{name} is neither true nor false."),
    };

    private delegate T ItemReader<T>(ref InferRequestReader reader);

    private readonly record struct Names(HashSet<string> All);

    private record struct Parameters(long? BinarySize, bool? Binary, bool? BinaryOutput);
}
