// A program elsewhere: fits a pipeline on simulated cells, keeps it in a file, loads it and embeds the same cells again.
#include <cstdio>
#include <filesystem>
#include <tepui/io/arrays.hpp>
#include <tepui/study/store.hpp>
#include <tepui/tepui.hpp>

namespace tp = tepui;

int main() {
  const auto cells = tp::simulate::to_dataset(tp::simulate::corpus({.cells = 300, .genes = 400}), 0, 300);
  const auto model = tp::from_counts | tp::transform::normalise{} | tp::transform::log1p{} | tp::encode::pca<{.dims = 5}>{};
  const auto fitted = model.fit(cells, {.seed = 1});
  const std::string file = (std::filesystem::temp_directory_path() / "tepui-consumer.h5").string();
  tp::io::save_arrays(file, fitted.arrays());
  const auto again = decltype(model)::fitted::from(tp::io::load_arrays(file).arrays);
  std::filesystem::remove(file);
  const bool same = again.embed(cells).value == fitted.embed(cells).value;
  std::printf("%s %s\n", tp::version_text, same ? "same" : "different");
  return same ? 0 : 1;
}
