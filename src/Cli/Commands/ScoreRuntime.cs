using Unreel.Cli.Hosting;
using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary>Names the libraries that scoring is done with, which torch is not of.</summary>
internal sealed class ScoreRuntime : IRuntimeDescription
{
    private readonly DefaultRuntimeDescription _basis = new();

    public string Code => _basis.Code;

    public string Runtime => $"{RuntimeChoice.Name}, ONNX Runtime {OnnxRuntimeInfo.Load().Version}";

    public string Machine => _basis.Machine;
}
