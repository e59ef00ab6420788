using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <summary>The input of a model made elsewhere that takes the video.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its elements.</param>
/// <param name="Layout">Order of its extents, five letters of <c>btchw</c>.</param>
/// <param name="Geometry">Frames, rows and columns.</param>
/// <param name="Batch">Clips at once; null where any number is taken.</param>
internal sealed record ForeignInput(string Name, ElementType Type, string Layout, InputGeometry Geometry, int? Batch)
{
    private const string Letters = "btchw";
    private const int Rank = 5;

    /// <summary>Finds the input and reads what its shape says.</summary>
    /// <exception cref="OnnxModelException">There is none that takes a video, or its shape leaves something open that the options do not say.</exception>
    internal static ForeignInput Find(OnnxDocument document, ForeignOptions options, string model)
    {
        ValueInfoProto input = Choose(document, options.Input, model);
        ElementType type = TypeOf(input, model);
        long[] extents = ExtentsOf(input, options, model);
        string layout = options.Layout is { } asked ? CheckLayout(asked, extents, input.Name, model) : LayoutOf(extents, input.Name, model);
        int frames = Extent('t', options.Frames, "--frames");
        (int height, int width) = (Extent('h', options.Size, "--size"), Extent('w', options.Size, "--size"));
        if (height != width)
            throw new OnnxModelException(model, $"takes frames of {height} x {width} in '{input.Name}'; videos are cut to squares, so expected as many rows as columns");

        return new ForeignInput(input.Name, type, layout, new InputGeometry(frames, height, width), BatchOf(extents[0], options.Batch, input.Name, model));

        int Extent(char letter, int? given, string option)
        {
            long found = extents[layout.IndexOf(letter, StringComparison.Ordinal)];
            if (found > 0 && given is { } other && other != found)
                throw new OnnxModelException(model, $"takes {found} in the extent '{letter}' of '{input.Name}', but {option} says {other}");
            return found > 0 ? (int)found : given ?? throw new OnnxModelException(model, $"leaves the extent '{letter}' of '{input.Name}' open; say it with {option}");
        }
    }

    private static ValueInfoProto Choose(OnnxDocument document, string? asked, string model)
    {
        HashSet<string> constants = [.. document.Initializers.Select(initializer => initializer.Name)];
        ValueInfoProto[] all = [.. document.Model.Graph.Input.Where(input => !constants.Contains(input.Name))];
        ValueInfoProto[] required = [.. all.Where(input => input.Type?.ValueCase != TypeProto.ValueOneofCase.OptionalType)];
        if (asked is not null && all.All(input => input.Name != asked))
            throw new OnnxModelException(model, $"has no input '{asked}' (--input); it has {Names(all)}");
        if (required.Length == 0)
            throw new OnnxModelException(model, "takes no input; expected one that a video goes into");
        if (required.Length > 1)
            throw new OnnxModelException(model, $"needs {required.Length} inputs, {Names(required)}; expected one, a video. Give the others default values in the model");
        if (asked is not null && required[0].Name != asked)
            throw new OnnxModelException(model, $"needs the input {Names(required)} beside '{asked}' (--input)");
        return required[0];
    }

    private static string Names(IEnumerable<ValueInfoProto> inputs) => string.Join(", ", inputs.Select(input => $"'{input.Name}' ({KindOf(input)})"));

    private static string KindOf(ValueInfoProto input) => input.Type?.ValueCase switch
    {
        TypeProto.ValueOneofCase.TensorType => $"tensor of {(ElementType)input.Type.TensorType.ElemType}{(input.Type.TensorType.Shape is { } shape ? $" [{string.Join(", ", shape.Dim.Select(Text))}]" : "")}",
        TypeProto.ValueOneofCase.SequenceType => "a sequence",
        TypeProto.ValueOneofCase.MapType => "a map",
        TypeProto.ValueOneofCase.SparseTensorType => "a sparse tensor",
        TypeProto.ValueOneofCase.OptionalType => "an optional value",
        _ => "of no type",
    };

    private static string Text(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => $"{dimension.DimValue}",
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => dimension.DimParam,
        _ => "?",
    };

    private static ElementType TypeOf(ValueInfoProto input, string model)
    {
        if (input.Type?.ValueCase != TypeProto.ValueOneofCase.TensorType)
            throw new OnnxModelException(model, $"has the input {Names([input])}; expected a tensor that a video goes into");

        var type = (ElementType)input.Type.TensorType.ElemType;
        return type is ElementType.Float or ElementType.Float16 or ElementType.BFloat16 or ElementType.Double or ElementType.UInt8
            ? type
            : throw new OnnxModelException(model, $"has the input {Names([input])}; expected elements of Float, Float16, BFloat16, Double or UInt8");
    }

    private static long[] ExtentsOf(ValueInfoProto input, ForeignOptions options, string model)
    {
        if (input.Type.TensorType.Shape is not { } shape)
        {
            return options.Layout is not null
                ? [0, 0, 0, 0, 0]
                : throw new OnnxModelException(model, $"does not say the shape of '{input.Name}'; say the order of its five extents with --layout, such as bcthw, and --frames and --size");
        }

        if (shape.Dim.Count != Rank)
        {
            string what = shape.Dim.Count == Rank - 1 ? " It looks like a model of single pictures; those are not supported." : "";
            throw new OnnxModelException(model, $"has the input {Names([input])} of {shape.Dim.Count} extents; expected five: batch, frames, channels, rows, columns in some order.{what}");
        }

        return [.. shape.Dim.Select(dimension => dimension.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue ? dimension.DimValue : 0)];
    }

    private static string CheckLayout(string asked, long[] extents, string input, string model)
    {
        string layout = asked.ToLowerInvariant();
        if (!layout.Order().SequenceEqual(Letters.Order()) || layout[0] != 'b')
            throw new OnnxModelException(model, $"cannot have the layout '{asked}' (--layout); expected the letters b, t, c, h, w once each, b first, such as bcthw");

        long channels = extents[layout.IndexOf('c', StringComparison.Ordinal)];
        return channels is 0 or EncoderShape.Channels
            ? layout
            : throw new OnnxModelException(model, $"has {channels} where the layout '{asked}' has the channels of '{input}'; expected {EncoderShape.Channels}");
    }

    // The one extent of three is the channels'; rows come before columns, and frames where there is room.
    private static string LayoutOf(long[] extents, string input, string model)
    {
        int[] threes = [.. Enumerable.Range(1, Rank - 1).Where(axis => extents[axis] == EncoderShape.Channels)];
        return threes switch
        {
            [1] => "bcthw",
            [2] => "btchw",
            [4] => "bthwc",
            _ => throw new OnnxModelException(
                model,
                $"has '{input}' of shape [{string.Join(", ", extents.Select(extent => extent > 0 ? $"{extent}" : "?"))}], which does not say which extent is which; say it with --layout, such as bcthw"),
        };
    }

    private static int? BatchOf(long found, int? asked, string input, string model)
    {
        if (found > 0 && asked is { } other && other != found)
            throw new OnnxModelException(model, $"takes {found} clips at once in '{input}', but --batch says {other}");
        return found > 0 ? (int)found : asked;
    }
}
