using System.Reflection;

namespace TorchSharp.Utils;

/// <summary>The name a field's module, parameter or buffer is registered under, instead of the field's own.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ComponentNameAttribute : Attribute
{
    /// <summary>The name; without it the field's own.</summary>
    public string? Name { get; set; }

    internal static string Of(FieldInfo field) =>
        field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
}
