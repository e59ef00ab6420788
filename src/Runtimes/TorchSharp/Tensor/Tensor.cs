using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>An n-dimensional array; it owns one reference to native memory until disposed.</summary>
    public partial class Tensor : IDisposable
    {
        private static long _totalCount;
        private static long _peakCount;

        internal IntPtr handle;

        internal Tensor(IntPtr handle, bool register = true)
        {
            this.handle = handle;
            _peakCount = Math.Max(Interlocked.Increment(ref _totalCount), _peakCount);
            if (register)
                OwningDisposeScope = DisposeScopeManager.ThreadSingleton.Register(this);
        }

        /// <summary>Releases the native reference of a tensor nobody disposed.</summary>
        ~Tensor() => Release();

        /// <summary>How many tensors are alive on all threads.</summary>
        public static long TotalCount => _totalCount;

        /// <summary>The most tensors that were alive at once.</summary>
        public static long PeakCount => _peakCount;

        /// <summary>The native tensor.</summary>
        public IntPtr Handle =>
            handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        /// <summary>Whether the tensor was disposed or moved away.</summary>
        public bool IsInvalid => handle == 0;

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <inheritdoc/>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases the native reference.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (handle == 0)
                return;
            DisposeScopeManager.ThreadSingleton.Disposing(this);
            OwningDisposeScope?.MarkAsDisposed(this);
            Release();
        }

        /// <summary>Hands this tensor to the enclosing scope.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes this tensor out of all scopes.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Hands this tensor to the scope of another tensor.</summary>
        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        /// <summary>Hands this tensor to another scope.</summary>
        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is null)
                other?.Attach(this);
            else
                OwningDisposeScope.MoveToOther(other, this);
            return this;
        }

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Whether another tensor has the same shape and elements.</summary>
        public bool Equals(Tensor target) => _equal.Number(this, target) != 0;

        /// <inheritdoc/>
        public override int GetHashCode() => base.GetHashCode();

        /// <inheritdoc/>
        public override string ToString() =>
            $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        /// <summary>Gives the native reference away; this object becomes empty.</summary>
        internal IntPtr MoveHandle()
        {
            var moved = handle;
            handle = 0;
            return moved;
        }

        private void Release()
        {
            var released = Interlocked.Exchange(ref handle, 0);
            if (released == 0)
                return;
            Interlocked.Decrement(ref _totalCount);
            unreel_tensor_free(released);
        }
    }

    /// <summary>Opens a scope on this thread that disposes the tensors made in it.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();

    /// <summary>The innermost scope of this thread.</summary>
    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    /// <summary>Runs an expression in a scope of its own and keeps only its result.</summary>
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }
}
