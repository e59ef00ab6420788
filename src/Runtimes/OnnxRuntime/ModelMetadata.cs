using Microsoft.ML.OnnxRuntime.Native;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>What a model says of itself.</summary>
public class ModelMetadata
{
    internal ModelMetadata(nint session)
    {
        nint metadata = NativeMethods.Get(Slot.SessionGetModelMetadata, session);
        try
        {
            ProducerName = Take(Slot.ModelMetadataGetProducerName, metadata);
            GraphName = Take(Slot.ModelMetadataGetGraphName, metadata);
            Domain = Take(Slot.ModelMetadataGetDomain, metadata);
            Description = Take(Slot.ModelMetadataGetDescription, metadata);
            GraphDescription = Take(Slot.ModelMetadataGetGraphDescription, metadata);
            Version = NativeMethods.Get(Slot.ModelMetadataGetVersion, metadata);
            CustomMetadataMap = Custom(metadata);
        }
        finally
        {
            NativeMethods.Release(Slot.ReleaseModelMetadata, metadata);
        }
    }

    /// <summary>Who made the model.</summary>
    public string ProducerName { get; }

    /// <summary>Name of the graph.</summary>
    public string GraphName { get; }

    /// <summary>Domain of the model.</summary>
    public string Domain { get; }

    /// <summary>Description of the model.</summary>
    public string Description { get; }

    /// <summary>Description of the graph.</summary>
    public string GraphDescription { get; }

    /// <summary>Version of the model.</summary>
    public long Version { get; }

    /// <summary>The model's <c>metadata_props</c>.</summary>
    public Dictionary<string, string> CustomMetadataMap { get; }

    private static nint Allocator => OrtAllocator.DefaultInstance.Pointer;

    private static string Take(Slot slot, nint metadata) =>
        NativeMethods.TakeText(NativeMethods.Get(slot, metadata, Allocator));

    private static unsafe Dictionary<string, string> Custom(nint metadata)
    {
        nint* keys = null;
        long count = 0;
        NativeMethods.Check(((delegate* unmanaged<nint, nint, nint**, long*, nint>)NativeMethods.Function(Slot.ModelMetadataGetCustomMetadataMapKeys))(metadata, Allocator, &keys, &count));
        var map = new Dictionary<string, string>((int)count);
        if (keys == null)
            return map;

        for (int i = 0; i < count; i++)
        {
            string key = NativeMethods.TakeText(keys[i]);
            fixed (byte* name = NativeMethods.Utf8(key))
                map[key] = NativeMethods.TakeText(NativeMethods.Get(Slot.ModelMetadataLookupCustomMetadataMap, metadata, Allocator, (nint)name));
        }

        NativeMethods.FreeDefault((nint)keys);
        return map;
    }
}
