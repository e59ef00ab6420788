using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>
/// Tells which module of a network a node belongs to: by the node's name (<c>blocks.0.attn/MatMul</c>, <c>/blocks/blocks.0/attn/MatMul</c>),
/// else by the names of the weights it reads (<c>blocks.0.attn.proj.bias</c>).
/// </summary>
internal static class NodePaths
{
    /// <summary>The module's path, such as <c>blocks.0.attn</c>; empty where nothing tells it.</summary>
    internal static string Of(NodeProto node, Func<string, bool> isWeight)
    {
        string path = OfName(node.Name);
        if (path.Length > 0)
            return path;
        if (node.OpType == "Identity" && isWeight(node.Input.FirstOrDefault() ?? ""))
            return OfWeight(node.Output[0]);
        return node.Input.Where(isWeight).Select(OfWeight).FirstOrDefault(found => found.Length > 0) ?? "";
    }

    /// <summary>The part of a path that is a block: up to its first number, or its first name.</summary>
    internal static string Block(string path)
    {
        string[] parts = path.Split('.');
        int number = Array.FindIndex(parts, part => part.Length > 0 && part.All(char.IsAsciiDigit));
        return string.Join('.', parts.Take(number > 0 ? number + 1 : 1));
    }

    // The last part is the node's own; the rest are modules, of which a name that begins with the one before it takes its place.
    private static string OfName(string name)
    {
        string[] parts = name.Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2)
            return "";

        List<string> modules = [];
        foreach (string part in parts.SkipLast(1))
        {
            if (modules.Count > 0 && part.StartsWith(modules[^1] + ".", StringComparison.Ordinal))
                modules[^1] = part;
            else
                modules.Add(part);
        }

        return string.Join('.', modules);
    }

    // What exporters make up, such as "onnx::MatMul_123" and "constants/2", is no module's.
    private static string OfWeight(string name)
    {
        if (name.Contains(':', StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal))
            return "";
        int last = name.LastIndexOf('.');
        if (last > 0)
            return name[..last];

        // One of the network's own, such as "pos_embed", unlike "c12" and "w".
        return name.Length > 3 && !name.Any(char.IsAsciiDigit) ? name : "";
    }
}
