namespace Microsoft.ML.OnnxRuntime.Tensors;

/// <summary>What the library knows of an element type.</summary>
public class TensorTypeInfo
{
    internal TensorTypeInfo(TensorElementType elementType, int typeSize)
    {
        ElementType = elementType;
        TypeSize = typeSize;
    }

    /// <summary>The type's number in the ONNX format.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>Bytes an element takes.</summary>
    public int TypeSize { get; }

    /// <summary>Whether elements are text.</summary>
    public bool IsString => ElementType == TensorElementType.String;
}

/// <summary>What tensors of all element types share.</summary>
public class TensorBase
{
    private static readonly Dictionary<Type, TensorTypeInfo> ByType = new()
    {
        [typeof(float)] = new(TensorElementType.Float, sizeof(float)),
        [typeof(byte)] = new(TensorElementType.UInt8, sizeof(byte)),
        [typeof(sbyte)] = new(TensorElementType.Int8, sizeof(sbyte)),
        [typeof(ushort)] = new(TensorElementType.UInt16, sizeof(ushort)),
        [typeof(short)] = new(TensorElementType.Int16, sizeof(short)),
        [typeof(int)] = new(TensorElementType.Int32, sizeof(int)),
        [typeof(long)] = new(TensorElementType.Int64, sizeof(long)),
        [typeof(bool)] = new(TensorElementType.Bool, sizeof(bool)),
        [typeof(Float16)] = new(TensorElementType.Float16, sizeof(ushort)),
        [typeof(double)] = new(TensorElementType.Double, sizeof(double)),
        [typeof(uint)] = new(TensorElementType.UInt32, sizeof(uint)),
        [typeof(ulong)] = new(TensorElementType.UInt64, sizeof(ulong)),
        [typeof(BFloat16)] = new(TensorElementType.BFloat16, sizeof(ushort)),
    };

    private static readonly Dictionary<TensorElementType, Type> ByElement =
        ByType.ToDictionary(pair => pair.Value.ElementType, pair => pair.Key);

    private readonly Type _primitiveType;

    /// <summary>For tensors of <paramref name="primitiveType"/>.</summary>
    protected TensorBase(Type primitiveType) => _primitiveType = primitiveType;

    /// <summary>Returns what is known of <paramref name="type"/>, null where the library cannot hold it.</summary>
    public static TensorTypeInfo GetTypeInfo(Type type) => ByType.GetValueOrDefault(type);

    /// <summary>Returns what is known of this tensor's element type, null where the library cannot hold it.</summary>
    public TensorTypeInfo GetTypeInfo() => GetTypeInfo(_primitiveType);

    internal static Type TypeOf(TensorElementType elementType) => ByElement.GetValueOrDefault(elementType);
}
