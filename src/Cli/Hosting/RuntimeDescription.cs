using Unreel.Onnx;
using Unreel.Pipelines;

namespace Unreel.Cli.Hosting;

/// <summary>Names the libraries the work is done with.</summary>
internal sealed class RuntimeDescription : IRuntimeDescription
{
    private readonly DefaultRuntimeDescription _basis = new();
    private readonly Lazy<string> _runtime = new(() =>
        $"{RuntimeChoice.Name}, libtorch {Modeling.TorchInfo.Get().Version}, ONNX Runtime {OnnxRuntimeInfo.Load().Version}");

    public string Code => _basis.Code;

    public string Runtime => _runtime.Value;

    public string Machine => _basis.Machine;
}
