#pragma once
/// The whole library, except what needs a compiled library of its own: files (tepui/io/...), the store of runs
/// (tepui/study/store.hpp), and the doors to xtensor (tepui/adapt/...), which are included by name.
