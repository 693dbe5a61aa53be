#pragma once
/// What keeps finished runs: anything that can be asked for a run by its key. study/store.hpp keeps them in a file; this one in
/// memory.

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <tepui/flow/error.hpp>
#include <tepui/study/run_key.hpp>

namespace tepui::study {

/// contains  whether the run of this key is finished       find  its output, or nothing
/// put       keeps a finished run, whole or not at all; false where it was already there (the first one stays)
/// errors    each throws bad_data where another run is stored under the same hash
template <class Store>
concept run_store = requires(Store& store, const run_key& key, const run_output& output) {
  { store.contains(key) } -> std::same_as<bool>;
  { store.find(key) } -> std::same_as<std::optional<run_output>>;
  { store.put(key, output) } -> std::same_as<bool>;
};

/// The sentence for two different runs with one hash.
[[nodiscard]] inline bad_data hash_collision(const std::string& where, const run_key& key) {
  return bad_data(where + " holds another run under the key " + key.hash + " of '" + key.label() +
                  "'; the stored one was damaged or its hash collides: use another store");
}

/// Keeps runs until the program ends. One thread at a time.
class memory_store {
 public:
  [[nodiscard]] bool contains(const run_key& key) const {
    const auto at = runs_.find(key.hash);
    if (at == runs_.end()) return false;
    if (at->second.first != key.canonical) throw hash_collision("the store in memory", key);
    return true;
  }
  [[nodiscard]] std::optional<run_output> find(const run_key& key) const {
    if (!contains(key)) return std::nullopt;
    return runs_.find(key.hash)->second.second;
  }
  bool put(const run_key& key, const run_output& output) {
    if (contains(key)) return false;
    return runs_.emplace(key.hash, std::pair{key.canonical, output}).second;
  }

 private:
  std::map<std::string, std::pair<std::string, run_output>> runs_;  // hash -> canonical text, output
};
static_assert(run_store<memory_store>);

}  // namespace tepui::study
