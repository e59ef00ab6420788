using System.Reflection;
using Unreel.Artifacts.Blobs;

namespace Unreel.Artifacts.Tests;

/// <summary>Blobs before whose every call a test may do something of its own: what another process does at just that moment.</summary>
public class InterposedBlobs : DispatchProxy
{
    private IBlobs _blobs = null!;
    private Func<string, string?, Task> _before = null!;

    /// <summary>Wraps blobs.</summary>
    /// <param name="blobs">Who does the work.</param>
    /// <param name="before">Told the name of each method and the path it is for, and waited for.</param>
    internal static IBlobs Over(IBlobs blobs, Func<string, string?, Task> before)
    {
        IBlobs made = Create<IBlobs, InterposedBlobs>();
        InterposedBlobs proxy = (InterposedBlobs)(object)made;
        (proxy._blobs, proxy._before) = (blobs, before);
        return made;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        string? path = args is [BlobEntry entry, ..] ? entry.Path : args is [string text, ..] ? text : null;
        _before(targetMethod!.Name, path).GetAwaiter().GetResult();
        return targetMethod.Invoke(_blobs, args);
    }
}
