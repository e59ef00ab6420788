using System.Text.Json;
using System.Text.Json.Nodes;

namespace Unreel.Onnx;

/// <summary>Reads a contract by hand, so that every complaint names the member, what was expected and what was found.</summary>
internal static class ContractReader
{
    private static readonly string[] FirstMembers = ["version", "labels", "input", "preparation", "weights", "parity", "accuracy"];

    internal static ModelContract Read(JsonElement root)
    {
        Expect(root, JsonValueKind.Object, "document", "an object");
        int version = Integer(Member(root, "", "version"), "version", least: 0);
        if (version is < ModelContract.OldestVersion or > ModelContract.CurrentVersion)
            throw new ContractException($"version: expected {ModelContract.OldestVersion} to {ModelContract.CurrentVersion}, found {version}");

        bool isFirst = version == ModelContract.OldestVersion;
        Only(root, "", isFirst ? FirstMembers : [.. FirstMembers, "graph", "keys_layer", "precision", "flavour", "batch", "open"]);
        GraphKind graph = isFirst ? GraphKind.Classifier : Graph(Member(root, "", "graph"));
        return new ModelContract
        {
            Graph = graph,
            KeysLayer = KeysLayer(root, graph),
            Precision = isFirst ? "fp32" : Text(Member(root, "", "precision"), "precision"),
            Flavour = root.TryGetProperty("flavour", out JsonElement flavour) ? Text(flavour, "flavour") : null,
            Batch = root.TryGetProperty("batch", out JsonElement batch) ? Integer(batch, "batch", least: 1) : null,
            Labels = Labels(Member(root, "", "labels"), graph),
            Input = Input(Member(root, "", "input")),
            Open = root.TryGetProperty("open", out JsonElement open) ? Open(open) : null,
            Preparation = Preparation(Member(root, "", "preparation")),
            Weights = Text(Member(root, "", "weights"), "weights"),
            Parity = root.TryGetProperty("parity", out JsonElement parity) ? Parity(parity, isFirst) : null,
            Accuracy = root.TryGetProperty("accuracy", out JsonElement accuracy) ? Accuracy(accuracy, isFirst) : null,
        };
    }

    private static GraphKind Graph(JsonElement element)
    {
        string text = Text(element, "graph");
        return Enum.GetValues<GraphKind>().Cast<GraphKind?>().FirstOrDefault(graph => NameOf(graph!.Value) == text)
            ?? throw new ContractException($"graph: expected one of {string.Join(", ", Enum.GetValues<GraphKind>().Select(NameOf))}, found the text '{text}'");
    }

    private static int? KeysLayer(JsonElement root, GraphKind graph)
    {
        if (graph == GraphKind.Keys)
            return Integer(Member(root, "", "keys_layer"), "keys_layer", least: 0);

        return root.TryGetProperty("keys_layer", out JsonElement layer) ? throw new ContractException($"keys_layer: expected nothing where no keys are given, found {Found(layer)}") : null;
    }

    private static string NameOf(GraphKind graph) => JsonNamingPolicy.SnakeCaseLower.ConvertName(graph.ToString());

    private static List<string> Labels(JsonElement array, GraphKind graph)
    {
        Expect(array, JsonValueKind.Array, "labels", "a list of names");
        var labels = new List<string>();
        foreach (JsonElement item in array.EnumerateArray())
        {
            string label = Text(item, $"labels[{labels.Count}]");
            if (labels.Contains(label))
                throw new ContractException($"labels: '{label}' is there twice");
            labels.Add(label);
        }

        if (graph == GraphKind.Classifier && labels.Count == 0)
            throw new ContractException("labels: expected at least one name, found none");
        return labels;
    }

    private static InputGeometry Input(JsonElement input)
    {
        Expect(input, JsonValueKind.Object, "input", "an object");
        Only(input, "input.", "frames", "height", "width");
        return new InputGeometry(Size("frames"), Size("height"), Size("width"));

        int Size(string name) => Integer(Member(input, "input.", name), $"input.{name}", least: 1);
    }

    private static List<string> Open(JsonElement open)
    {
        Expect(open, JsonValueKind.Array, "open", "a list of extents");
        List<string> extents = [];
        foreach (JsonElement item in open.EnumerateArray())
        {
            string extent = Text(item, $"open[{extents.Count}]");
            if (extent is not ("frames" or "height" or "width") || extents.Contains(extent))
                throw new ContractException($"open[{extents.Count}]: expected frames, height or width, each once at most, found '{extent}'");
            extents.Add(extent);
        }

        return extents.Count > 0 ? extents : throw new ContractException("open: expected at least one extent, found none");
    }

    private static JsonObject Preparation(JsonElement preparation)
    {
        Expect(preparation, JsonValueKind.Object, "preparation", "an object");

        // A copy: the document that the element belongs to is disposed of.
        return JsonObject.Create(preparation.Clone())!;
    }

    private static ParityRecord Parity(JsonElement parity, bool isFirst)
    {
        const string path = "parity.";
        Expect(parity, JsonValueKind.Object, "parity", "an object");
        string[] members = ["tolerance", "largest_difference", "top1_agreement", "clips", "batches"];
        Only(parity, path, isFirst ? members : [.. members, "mean_difference", "min_top1_agreement", "max_accuracy_loss", "accuracy_loss", "worst", "outputs"]);
        JsonElement batches = Member(parity, path, "batches");
        Expect(batches, JsonValueKind.Array, "parity.batches", "a list of integers");
        return new ParityRecord(
            Number(parity, path, "tolerance"),
            Number(parity, path, "largest_difference"),
            Share(parity, path, "top1_agreement"),
            Integer(Member(parity, path, "clips"), "parity.clips", least: 1),
            [.. batches.EnumerateArray().Select((batch, i) => Integer(batch, $"parity.batches[{i}]", least: 1))])
        {
            MeanDifference = Optional(parity, path, "mean_difference"),
            MinTop1Agreement = Optional(parity, path, "min_top1_agreement", most: 1),
            MaxAccuracyLoss = Optional(parity, path, "max_accuracy_loss", most: 1),
            AccuracyLoss = Optional(parity, path, "accuracy_loss", most: 1),
            Outputs = parity.TryGetProperty("outputs", out JsonElement outputs) ? Outputs(outputs) : null,
            Worst = parity.TryGetProperty("worst", out JsonElement worst) ? Worst(worst) : null,
        };
    }

    private static Dictionary<string, double> Worst(JsonElement worst)
    {
        Expect(worst, JsonValueKind.Object, "parity.worst", "an object");
        return worst.EnumerateObject().ToDictionary(member => member.Name, member => Number(worst, "parity.worst.", member.Name), StringComparer.Ordinal);
    }

    private static Dictionary<string, OutputParity> Outputs(JsonElement outputs)
    {
        Expect(outputs, JsonValueKind.Object, "parity.outputs", "an object");
        return outputs.EnumerateObject().ToDictionary(member => member.Name, member => Output(member.Value, $"parity.outputs.{member.Name}"), StringComparer.Ordinal);

        static OutputParity Output(JsonElement output, string path)
        {
            Expect(output, JsonValueKind.Object, path, "an object");
            Only(output, path + ".", "tolerance", "largest_difference");
            return new OutputParity(Optional(output, path + ".", "tolerance"), Number(output, path + ".", "largest_difference"));
        }
    }

    private static AccuracyRecord Accuracy(JsonElement accuracy, bool isFirst)
    {
        const string path = "accuracy.";
        Expect(accuracy, JsonValueKind.Object, "accuracy", "an object");
        string[] members = ["dataset", "videos", "top1", "top5"];
        Only(accuracy, path, isFirst ? members : [.. members, "network_top1"]);
        return new AccuracyRecord(
            Text(Member(accuracy, path, "dataset"), "accuracy.dataset"),
            Integer(Member(accuracy, path, "videos"), "accuracy.videos", least: 1),
            Share(accuracy, path, "top1"),
            Share(accuracy, path, "top5"))
        {
            NetworkTop1 = Optional(accuracy, path, "network_top1", most: 1),
        };
    }

    private static JsonElement Member(JsonElement parent, string path, string name) =>
        parent.TryGetProperty(name, out JsonElement member)
            ? member
            : throw new ContractException($"{path}{name}: expected, found nothing");

    private static void Only(JsonElement parent, string path, params ReadOnlySpan<string> known)
    {
        foreach (JsonProperty member in parent.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                throw new ContractException($"{path}{member.Name}: unknown member, expected one of {string.Join(", ", known.ToArray())}");
        }
    }

    private static string Text(JsonElement element, string path)
    {
        Expect(element, JsonValueKind.String, path, "a text");
        string text = element.GetString()!;
        return string.IsNullOrWhiteSpace(text) ? throw new ContractException($"{path}: expected a text, found a blank one") : text;
    }

    private static int Integer(JsonElement element, string path, int least)
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out int value) || value < least)
            throw new ContractException($"{path}: expected an integer of at least {least}, found {Found(element)}");
        return value;
    }

    private static double Number(JsonElement parent, string path, string name, double most = double.MaxValue)
    {
        JsonElement element = Member(parent, path, name);
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out double value) || !(value >= 0 && value <= most))
            throw new ContractException($"{path}{name}: expected a number {(most == 1 ? "from 0 to 1" : "of at least 0")}, found {Found(element)}");
        return value;
    }

    private static double? Optional(JsonElement parent, string path, string name, double most = double.MaxValue) =>
        parent.TryGetProperty(name, out _) ? Number(parent, path, name, most) : null;

    private static double Share(JsonElement parent, string path, string name) => Number(parent, path, name, most: 1);

    private static void Expect(JsonElement element, JsonValueKind kind, string path, string expected)
    {
        if (element.ValueKind != kind)
            throw new ContractException($"{path}: expected {expected}, found {Found(element)}");
    }

    private static string Found(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the text '{element.GetString()}'",
        JsonValueKind.Null => "null",
        _ => element.GetRawText(),
    };
}
