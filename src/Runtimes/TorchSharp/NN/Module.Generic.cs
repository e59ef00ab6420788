namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What can be called with one input.</summary>
        public interface IModule<T, TResult>
        {
            /// <summary>Runs the module and its hooks.</summary>
            TResult call(T input1);
        }

        /// <summary>A module of one input.</summary>
        public abstract class Module<T, TResult>
            : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>, IModule<T, TResult>
        {
            /// <summary>Gives the module a name.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>What the module does; called through <see cref="call"/>.</summary>
            public abstract TResult forward(T input);

            /// <summary>Runs the hooks and <see cref="forward"/>.</summary>
            public TResult call(T input)
            {
                foreach (var hook in module_pre_hooks.Values)
                    hook(this);
                foreach (var hook in pre_hooks.Values)
                    input = hook(this, input) ?? input;
                var result = forward(input);
                foreach (var hook in post_hooks.Values)
                    result = hook(this, input, result) ?? result;
                foreach (var hook in module_post_hooks.Values)
                    hook(this);
                return result;
            }
        }

        /// <summary>What can be called with two inputs.</summary>
        public interface IModule<T1, T2, TResult>
        {
            /// <summary>Runs the module and its hooks.</summary>
            TResult call(T1 input1, T2 input2);
        }

        /// <summary>A module of two inputs.</summary>
        public abstract class Module<T1, T2, TResult>
            : HookableModule<Func<Module<T1, T2, TResult>, T1, T2, (T1, T2)?>, Func<Module<T1, T2, TResult>, T1, T2, TResult, TResult>>, IModule<T1, T2, TResult>
        {
            /// <summary>Gives the module a name.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>What the module does; called through <see cref="call"/>.</summary>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Runs the hooks and <see cref="forward"/>.</summary>
            public TResult call(T1 input1, T2 input2)
            {
                foreach (var hook in module_pre_hooks.Values)
                    hook(this);
                foreach (var hook in pre_hooks.Values)
                    (input1, input2) = hook(this, input1, input2) ?? (input1, input2);
                var result = forward(input1, input2);
                foreach (var hook in post_hooks.Values)
                    result = hook(this, input1, input2, result) ?? result;
                foreach (var hook in module_post_hooks.Values)
                    hook(this);
                return result;
            }
        }

        /// <summary>What can be called with three inputs.</summary>
        public interface IModule<T1, T2, T3, TResult>
        {
            /// <summary>Runs the module and its hooks.</summary>
            TResult call(T1 input1, T2 input2, T3 input3);
        }

        /// <summary>A module of three inputs.</summary>
        public abstract class Module<T1, T2, T3, TResult>
            : HookableModule<Func<Module<T1, T2, T3, TResult>, T1, T2, T3, (T1, T2, T3)?>, Func<Module<T1, T2, T3, TResult>, T1, T2, T3, TResult, TResult>>, IModule<T1, T2, T3, TResult>
        {
            /// <summary>Gives the module a name.</summary>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>What the module does; called through <see cref="call"/>.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            /// <summary>Runs the hooks and <see cref="forward"/>.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3)
            {
                foreach (var hook in module_pre_hooks.Values)
                    hook(this);
                foreach (var hook in pre_hooks.Values)
                    (input1, input2, input3) = hook(this, input1, input2, input3) ?? (input1, input2, input3);
                var result = forward(input1, input2, input3);
                foreach (var hook in post_hooks.Values)
                    result = hook(this, input1, input2, input3, result) ?? result;
                foreach (var hook in module_post_hooks.Values)
                    hook(this);
                return result;
            }
        }
    }
}
