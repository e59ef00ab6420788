using System.Diagnostics;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers with a state of its own.</summary>
    public class Generator : IDisposable
    {
        /// <summary>Makes a generator of a device, by default the CPU's.</summary>
        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            Check(unreel_generator_new(seed, this.device.Packed, out var handle));
            Handle = handle;
        }

        private Generator(IntPtr handle, Device device)
        {
            Handle = handle;
            this.device = device;
        }

        /// <summary>Releases the native reference of a generator nobody disposed.</summary>
        ~Generator() => Dispose(false);

        /// <summary>The CPU's generator that operators use when they are given none.</summary>
        public static Generator Default
        {
            get
            {
                Check(unreel_generator_default(CPU.Packed, out var handle));
                return new Generator(handle, CPU);
            }
        }

        /// <summary>The native generator.</summary>
        public IntPtr Handle { get; private set; }

        /// <summary>Where the numbers are made.</summary>
        public Device device { get; private set; }

        /// <summary>The state as a tensor of bytes.</summary>
        public Tensor get_state()
        {
            Check(unreel_generator_get_state(Handle, out var state));
            return new Tensor(state);
        }

        /// <summary>Takes up a state that <see cref="get_state"/> gave.</summary>
        public void set_state(Tensor value) => Check(unreel_generator_set_state(Handle, value.Handle));

        /// <summary>Starts over from a seed.</summary>
        public Generator manual_seed(long seed)
        {
            Check(unreel_generator_set_seed(Handle, (ulong)seed));
            return this;
        }

        /// <summary>Starts over from a seed that differs each time, and returns it.</summary>
        public long seed()
        {
            var seed = Stopwatch.GetTimestamp();
            manual_seed(seed);
            return seed;
        }

        /// <summary>The seed the state was last started from.</summary>
        public long initial_seed()
        {
            Check(unreel_generator_initial_seed(Handle, out var seed));
            return (long)seed;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases the native reference.</summary>
        protected virtual void Dispose(bool disposing)
        {
            unreel_generator_free(Handle);
            Handle = 0;
        }
    }

    /// <summary>The default generator's seed and state.</summary>
    public static partial class random
    {
        /// <summary>Seeds all default generators and returns the CPU's.</summary>
        public static Generator manual_seed(long seed)
        {
            Check(unreel_manual_seed((ulong)seed));
            return Generator.Default;
        }

        /// <summary>Seeds the default generator differently each time.</summary>
        public static long seed() => Generator.Default.seed();

        /// <summary>The seed of the default generator.</summary>
        public static long initial_seed() => Generator.Default.initial_seed();

        /// <summary>The default generator's state as a tensor of bytes.</summary>
        public static Tensor get_rng_state() => Generator.Default.get_state();

        /// <summary>Takes up a state of the default generator.</summary>
        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }

    /// <summary>Seeds all default generators and returns the CPU's.</summary>
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    /// <summary>Seeds the default generator differently each time.</summary>
    public static long seed() => random.seed();

    /// <summary>The seed of the default generator.</summary>
    public static long initial_seed() => random.initial_seed();

    /// <summary>The default generator's state as a tensor of bytes.</summary>
    public static Tensor get_rng_state() => random.get_rng_state();

    /// <summary>Takes up a state of the default generator.</summary>
    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);
}
