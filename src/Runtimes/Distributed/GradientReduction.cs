using Unreel.Modeling;
using static TorchSharp.torch;

namespace Unreel.Distributed;

/// <summary>Averages gradients in buckets, as PyTorch's DistributedDataParallel does: sizes are its defaults.</summary>
internal sealed unsafe class GradientReduction : IGradientReduction
{
    private const long FirstBucketBytes = 1 << 20;
    private const long BucketBytes = 25 << 20;

    private readonly NativeGroup _group;
    private readonly IReadOnlyList<Tensor> _parameters;
    private IntPtr _reducer;
    private bool _isArmed;

    public GradientReduction(NativeGroup group, IReadOnlyList<Tensor> parameters, long firstBucketBytes = FirstBucketBytes, long bucketBytes = BucketBytes)
    {
        (_group, _parameters) = (group, parameters);
        IntPtr[] handles = [.. parameters.Select(parameter => parameter.Handle)];
        fixed (IntPtr* first = handles)
            group.Check(NativeMethods.unreel_c10d_reducer_new(group.Handle, first, handles.Length, firstBucketBytes, bucketBytes, out _reducer));
        GC.KeepAlive(_parameters);
    }

    /// <summary>How many buckets there are.</summary>
    public int Buckets => NativeMethods.unreel_c10d_reducer_buckets(_reducer);

    /// <summary>How many of them were on their way before backward ended, the last time.</summary>
    public int Overlapped => NativeMethods.unreel_c10d_reducer_overlapped(_reducer);

    public void Arm()
    {
        _group.Check(NativeMethods.unreel_c10d_reducer_arm(_reducer));
        _isArmed = true;
    }

    public void Finish()
    {
        if (!_isArmed)
            throw new InvalidOperationException("No exchange of gradients was begun.");

        _isArmed = false;
        _group.Finish(_reducer);
    }

    public void Dispose()
    {
        NativeMethods.unreel_c10d_reducer_free(_reducer);
        _reducer = 0;
    }
}
