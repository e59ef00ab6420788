using System.Globalization;
using System.Reflection;

namespace Unreel.Pipelines;

/// <summary>Reads one scalar as a value of a type; numbers are invariant, text that is quoted is text.</summary>
internal static class ScalarValues
{
    /// <summary>Reads <paramref name="scalar"/>; false where it is no such value.</summary>
    public static bool TryRead(Type type, ScalarNode scalar, out object? value)
    {
        value = null;
        string text = scalar.Text;
        if (type == typeof(string))
            value = text;
        else if (type == typeof(StageInput))
            value = text.Length == 0 ? null : StageInput.Parse(text, scalar.At.Source.BaseFolder);
        else if (type == typeof(FileInfo))
            value = text.Length == 0 ? null : new FileInfo(Path.GetFullPath(text, scalar.At.Source.BaseFolder));
        else if (type.IsEnum)
            value = Member(type, text);
        else if (type == typeof(TimeSpan))
            value = Durations.TryParse(text, out TimeSpan duration) ? duration : null;
        else if (type.IsPrimitive || type == typeof(decimal))
            value = scalar.IsPlain ? Primitive(type, text) : null;
        else
            value = Parsed(type, text);

        return value is not null;
    }

    private static object? Member(Type type, string text)
    {
        string kebab = text.Replace('_', '-');
        string? name = Enum.GetNames(type).FirstOrDefault(name => OptionTypes.EnumText(name) == kebab);
        return name is null ? null : Enum.Parse(type, name);
    }

    private static object? Primitive(Type type, string text)
    {
        if (type == typeof(bool))
            return text is "true" or "True" ? true : text is "false" or "False" ? false : null;
        if (type == typeof(double) || type == typeof(float) || type == typeof(decimal))
            return Number(type, text);

        // Read as widest first, so that 300 is told apart from a byte's range and never wraps.
        return Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 whole) ? Whole(type, whole) : null;
    }

    private static object? Number(Type type, string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            return null;
        if (type == typeof(double))
            return number;
        if (type == typeof(float))
            return float.IsFinite((float)number) ? (float)number : null;

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact) ? exact : null;
    }

    private static object? Whole(Type type, Int128 whole)
    {
        try
        {
            return Type.GetTypeCode(type) switch
            {
                TypeCode.Byte => checked((byte)whole),
                TypeCode.SByte => checked((sbyte)whole),
                TypeCode.Int16 => checked((short)whole),
                TypeCode.UInt16 => checked((ushort)whole),
                TypeCode.Int32 => checked((int)whole),
                TypeCode.UInt32 => checked((uint)whole),
                TypeCode.Int64 => checked((long)whole),
                TypeCode.UInt64 => checked((ulong)whole),
                _ => throw new NotSupportedException($"Options of type {type} cannot be read."),
            };
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static object? Parsed(Type type, string text)
    {
        MethodInfo method = typeof(ScalarValues).GetMethod(nameof(ParseOrNull), BindingFlags.Static | BindingFlags.NonPublic)!;
        return method.MakeGenericMethod(type).Invoke(null, [text]);
    }

    private static object? ParseOrNull<T>(string text)
        where T : IParsable<T> =>
        T.TryParse(text, CultureInfo.InvariantCulture, out T? value) ? value : null;
}
