using TorchSharp.PInvoke;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>One step of Adam or AdamW for one parameter.</summary>
internal readonly record struct AdamStep(
    double Rate, double Beta1, double Beta2, double Epsilon, double Decay, bool Decoupled, bool Maximize)
{
    private static readonly Op _scale = new("mul_", "Scalar");
    private static readonly Op _add = new("add_", "Tensor");
    private static readonly Op _shift = new("add_", "Scalar");
    private static readonly Op _divide = new("div_", "Scalar");
    private static readonly Op _addProduct = new("addcmul_");
    private static readonly Op _addQuotient = new("addcdiv_");

    internal void Apply(Parameter parameter, Tensor grad, Tensor mean, Tensor square, Tensor? largest, long step)
    {
        if (Maximize)
            grad = grad.neg();
        if (Decoupled)
            _scale.Do(parameter, 1 - (Rate * Decay));
        else if (Decay != 0)
            grad = grad.add(parameter, Decay);

        _scale.Do(mean, Beta1);
        _add.Do(mean, grad, 1 - Beta1);
        _scale.Do(square, Beta2);
        _addProduct.Do(square, grad, grad, 1 - Beta2);

        using var denominator = Root(square, largest);
        _divide.Do(denominator, Math.Sqrt(1 - Math.Pow(Beta2, step)));
        _shift.Do(denominator, Epsilon);
        _addQuotient.Do(parameter, mean, denominator, -Rate / (1 - Math.Pow(Beta1, step)));
    }

    private static Tensor Root(Tensor square, Tensor? largest)
    {
        if (largest is null)
            return square.sqrt();
        using var larger = largest.maximum(square);
        largest.copy_(larger);
        return largest.sqrt();
    }
}
