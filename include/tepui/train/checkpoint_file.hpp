#pragma once
/// Keeps checkpoints in .safetensors files, which PyTorch and Hugging Face read as well.

#include <functional>
#include <string>
#include <utility>

#include <tepui/io/safetensors.hpp>

namespace tepui::train {

/// Writes every checkpoint to one file, the newest in place of the last: first beside it, then renamed, so that a program that dies
/// while it writes leaves the last one whole.            write  .on_checkpoint = train::keep_in_file("run.safetensors")
/// errors io's, in one sentence, where the file cannot be written
[[nodiscard]] inline std::function<void(const named_tensors&)> keep_in_file(std::string path) {
  return [path = std::move(path)](const named_tensors& kept) { io::write_safetensors(path, kept); };
}

/// What `resume` takes: const auto kept = read_checkpoint("run.safetensors"); pretrain(..., {.resume = &kept}).
[[nodiscard]] inline named_tensors read_checkpoint(const std::string& path) { return io::read_safetensors(path); }

}  // namespace tepui::train
