namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module that runs hooks before and after its work.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            /// <summary>Hooks that see, and may replace, the input.</summary>
            protected Dictionary<string, TPreHook> pre_hooks = [];

            /// <summary>Hooks that see, and may replace, the result.</summary>
            protected Dictionary<string, TPostHook> post_hooks = [];

            /// <summary>Hooks that run before all others.</summary>
            protected Dictionary<string, Action<Module>> module_pre_hooks = [];

            /// <summary>Hooks that run after all others.</summary>
            protected Dictionary<string, Action<Module>> module_post_hooks = [];

            private long _hooks;

            /// <summary>Gives the module a name.</summary>
            protected HookableModule(string name)
                : base(name)
            {
            }

            /// <summary>Adds a hook after the module's work.</summary>
            public HookRemover register_forward_hook(TPostHook hook) => Add(post_hooks, hook);

            /// <summary>Adds a hook before the module's work.</summary>
            public HookRemover register_forward_pre_hook(TPreHook hook) => Add(pre_hooks, hook);

            /// <summary>Adds a hook after the module's work.</summary>
            public HookRemover register_forward_hook(Action<Module> hook) => Add(module_post_hooks, hook);

            /// <summary>Adds a hook before the module's work.</summary>
            public HookRemover register_forward_pre_hook(Action<Module> hook) => Add(module_pre_hooks, hook);

            private HookRemover Add<THook>(Dictionary<string, THook> hooks, THook hook)
            {
                var key = (_hooks++).ToString(System.Globalization.CultureInfo.InvariantCulture);
                hooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            private void Remove(string key)
            {
                pre_hooks.Remove(key);
                post_hooks.Remove(key);
                module_pre_hooks.Remove(key);
                module_post_hooks.Remove(key);
            }

            /// <summary>Takes a hook away again.</summary>
            public class HookRemover
            {
                private readonly HookableModule<TPreHook, TPostHook> _module;
                private readonly string _key;

                /// <summary>Names the hook.</summary>
                public HookRemover(HookableModule<TPreHook, TPostHook> module, string key)
                {
                    _module = module;
                    _key = key;
                }

                /// <summary>Takes the hook away.</summary>
                public void remove() => _module.Remove(_key);
            }
        }
    }
}
