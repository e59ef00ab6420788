using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace Unreel.Onnx;

/// <summary>What the native library says, without its own source paths, function names and codes.</summary>
internal static partial class NativeMessage
{
    internal static string Of(OnnxRuntimeException exception) => Noise().Replace(exception.Message, "").Trim();

    // "[ErrorCode:Fail] ", then perhaps "/path/file.cc:123 type function(arguments) ", then perhaps "[ONNXRuntimeError] : 1 : FAIL : ".
    [GeneratedRegex(@"^\[ErrorCode:\w+\] (/\S+:\d+ [^\n]*?\)( const)?:? )?(\[ONNXRuntimeError\] : \d+ : \w+ : )?", RegexOptions.CultureInvariant)]
    private static partial Regex Noise();
}
