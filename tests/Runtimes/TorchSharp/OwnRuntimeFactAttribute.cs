using System.Reflection;

namespace Unreel.Runtimes.Tests;

/// <summary>A fact the subset holds and the real package is known to break: the process would end.</summary>
public sealed class OwnRuntimeFactAttribute : FactAttribute
{
    public OwnRuntimeFactAttribute()
    {
        var product = typeof(TorchSharp.torch).Assembly.GetCustomAttribute<AssemblyProductAttribute>()?.Product;
        if (product != "Unreel")
            Skip = "TorchSharp 0.99 to 0.107 ends the process on this error instead of throwing.";
    }
}
