/// The tokens of every published system, as its original would hand them to its model.
#include "system.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <tepui/io/gene_lists.hpp>
#include <tepui/io/gmt.hpp>
#include <tepui/system/all.hpp>
#include <tepui/system/coverage.hpp>
#include <tepui/system/rectangle.hpp>

#include "npy_rows.hpp"

namespace {
namespace tp = tepui;
namespace sys = tepui::system;

/// The option that names a file, and what was given.
std::pair<const char*, const std::string*> option_of(sys::file what, const system_settings& s) {
  switch (what) {
    case sys::file::vocabulary:
      return {"--vocabulary", &s.vocabulary};
    case sys::file::usual_levels:
      return {"--medians", &s.medians};
    case sys::file::positions:
      return {"--positions", &s.positions};
    case sys::file::network:
      return {"--network", &s.network};
    case sys::file::gene_sets:
      return {"--programs", &s.programs};
  }
  return {};
}

template <class S>
S read_system(const system_settings& s) {
  std::string missing;
  for (const sys::need& need : S::needs)
    if (const auto [option, given] = option_of(need.what, s); given->empty())
      missing += (missing.empty() ? " needs " : " and ") + std::string(option) + " FILE (" + std::string(need.holds) + ")";
  if (!missing.empty()) throw tp::bad_option("--system " + s.system + missing);
  S out;
  if constexpr (requires { out.words; }) out.words = tp::io::read_vocabulary(s.vocabulary);
  if constexpr (requires { out.usual; }) out.usual = tp::io::read_gene_numbers(s.medians);
  if constexpr (requires { out.positions; }) out.positions = tp::io::read_gene_positions(s.positions, s.species);
  if constexpr (requires { out.network; }) out.network = tp::io::read_gene_network(s.network);
  if constexpr (requires { out.sets; }) out.sets = tp::io::read_gmt(s.programs);
  if constexpr (requires { out.labels; }) out.labels = s.first;
  if constexpr (requires { out.context; })
    for (const std::string& id : s.first) out.context.push_back(std::atoi(id.c_str()));
  if constexpr (requires { out.min_share; }) out.min_share = s.min_share;
  if (s.slots > 0) out.slots = s.slots;
  return out;
}

/// Calls visit(tokens of a batch) for all cells.
void each_batch(const auto& fitted, const tp::dataset<>& data, const auto& visit) {
  const auto view = data.x.view();
  typename std::remove_cvref_t<decltype(fitted)>::template rooms_for<std::remove_cvref_t<decltype(view)>> room;
  for (std::int64_t first = 0; first < view.n_cells(); first += tp::cells_per_batch)
    visit(fitted.run(view.part(first, std::min(tp::cells_per_batch, view.n_cells() - first)), room));
}

template <class S>
void write_text(const auto& fitted, const tp::dataset<>& data, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  std::string text;
  each_batch(fitted, data, [&](const auto& tokens) {
    text.clear();
    for (std::int64_t c = 0; c < tokens.n_cells(); ++c) {
      sys::append_cell_text(tokens, c, data.genes, S::writes_text, text);
      text += '\n';
    }
    file << text;
  });
  file.close();
  if (!file) throw std::runtime_error("it cannot be written, or the disk is full");
}

template <class S>
void write_arrays(const S& system, const auto& fitted, const tp::dataset<>& data, const std::filesystem::path& out) {
  std::int64_t slots = system.slots;
  if (slots == 0) {  // as long as the longest cell
    each_batch(fitted, data, [&](const auto& tokens) {
      for (std::int64_t c = 0; c < tokens.n_cells(); ++c) slots = std::max(slots, tokens.n_tokens(c));
    });
  }
  using channel = sys::written_channel_t<S>;
  using value_type = typename sys::written_value<channel>::type;
  const std::int64_t n = data.n_cells();
  npy_rows<std::int32_t> id((out / "id.npy").string(), n, slots), n_used((out / "n_used.npy").string(), n, 0);
  std::unique_ptr<npy_rows<value_type>> value;
  if constexpr (!std::is_void_v<channel>)
    value = std::make_unique<npy_rows<value_type>>((out / "value.npy").string(), n, slots);
  std::unique_ptr<npy_rows<float>> mask;
  if constexpr (requires { S::writes_mask; })
    mask = std::make_unique<npy_rows<float>>((out / "mask.npy").string(), n, slots);
  sys::rectangle<value_type> rows;
  std::vector<float> used;
  each_batch(fitted, data, [&](const auto& tokens) {
    sys::to_rectangle(system,
                      std::get<std::tuple_size_v<std::remove_cvref_t<decltype(fitted.stages())>> - 1>(fitted.stages()),
                      tokens, slots, rows);
    id.add(rows.id);
    n_used.add(rows.n_used);
    if (value) value->add(rows.value);
    if (!mask) return;
    used.assign(rows.id.size(), 0.0F);
    for (std::size_t c = 0; c < rows.n_used.size(); ++c)
      std::fill_n(used.begin() + tp::isize(c) * slots, rows.n_used[c], 1.0F);
    mask->add(used);
  });
  id.close();
  n_used.close();
  if (value) value->close();
  if (mask) mask->close();
}

template <class S>
void write_one(const system_settings& settings, const tp::dataset<>& data) {
  const S system = read_system<S>(settings);
  const auto fitted = system.stages().fit(data, {.seed = settings.seed});
  std::fprintf(stderr, "tokenize: %s\n", sys::coverage_of(fitted, tp::cells_of(data)).describe().c_str());
  try {
    std::filesystem::create_directories(settings.out);
    if constexpr (sys::writes_text<S>) {
      write_text<S>(fitted, data, (std::filesystem::path(settings.out) / "text.txt").string());
    } else {
      write_arrays(system, fitted, data, settings.out);
    }
  } catch (const std::filesystem::filesystem_error& e) {
    throw tp::bad_option("--out: cannot write to '" + settings.out + "' (" + e.what() +
                         "); name a folder that can be written");
  } catch (const std::runtime_error& e) {
    if (dynamic_cast<const tp::bad_data*>(&e) != nullptr) throw;
    throw tp::bad_option("--out: cannot write to '" + settings.out + "' (" + e.what() +
                         "); name a folder that can be written");
  }
}
}  // namespace

std::string system_names() { return sys::all::names(); }

void write_system(const system_settings& settings, const tepui::dataset<>& data) {
  sys::all::each([&]<class S>(std::type_identity<S>) {
    if (settings.system == S::name) write_one<S>(settings, data);
  });
}
