using Google.Protobuf;
using Unreel.Onnx.Format;

namespace Unreel.Onnx;

/// <content>Attributes of nodes.</content>
public sealed partial class GraphBuilder
{
    private static AttributeProto Attribute(string name, AttributeValue value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value.Content)
        {
            case long integer:
                attribute.I = integer;
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                break;
            case float number:
                attribute.F = number;
                attribute.Type = AttributeProto.Types.AttributeType.Float;
                break;
            case string text:
                attribute.S = ByteString.CopyFromUtf8(text);
                attribute.Type = AttributeProto.Types.AttributeType.String;
                break;
            case long[] integers:
                attribute.Ints.Add(integers);
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            default:
                throw new GraphException($"Attribute '{name}' has no value");
        }

        return attribute;
    }
}
