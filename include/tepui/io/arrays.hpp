#pragma once
/// Saves and loads named arrays: the form in which a fitted pipeline is kept.

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/named_arrays.hpp>
#include <tepui/io/hdf5_attributes.hpp>
#include <tepui/io/hdf5_write.hpp>
#include <tepui/io/isolated.hpp>

namespace tepui::io {

/// Arrays, and short notes about them: a version, the name of the pipeline.
struct saved_arrays {
  named_arrays arrays;
  std::map<std::string, std::string> attributes;
};
inline auto members(saved_arrays& s) { return std::tie(s.arrays, s.attributes); }

inline constexpr const char* saved_arrays_format = "tepui arrays 1";

/// Writes an HDF5 file: /names and /array/0, /array/1, ... in order, and the notes as /note_names and /notes.
/// in     names unique and not empty, any characters    out  the file appears whole or not at all; equal input gives equal
/// bytes errors bad_option where a name is empty or stands twice; bad_data where the file cannot be written
inline void save_arrays(const std::string& path, const named_arrays& arrays,
                        const std::map<std::string, std::string>& attributes = {}) {
  std::vector<std::string> names, note_names, notes;
  std::set<std::string_view> seen;
  for (const auto& [name, values] : arrays.all) {
    if (name.empty() || !seen.insert(name).second)
      throw bad_option("the array name " + in_quotes(name) + " is empty or stands twice; give every array its own name");
    names.push_back(name);
  }
  for (const auto& [name, text] : attributes) {
    note_names.push_back(name);
    notes.push_back(text);
  }
  hdf5::file_writer to(path);
  to.text_attribute("/", "format", saved_arrays_format);
  to.texts("/names", names);
  to.texts("/note_names", note_names);
  to.texts("/notes", notes);
  to.group("/array");
  for (std::size_t i = 0; i < arrays.all.size(); ++i) {
    const std::string where = "/array/" + std::to_string(i);
    std::visit(
        [&](const auto& values) {
          using element = typename std::decay_t<decltype(values)>::value_type;
          if constexpr (std::is_same_v<element, std::string>) {
            to.texts(where, values);
          } else {
            to.numbers<element>(where, std::span<const element>(values), {isize(values.size())});
          }
        },
        arrays.all[i].second);
  }
  to.commit();
}

/// Loads what save_arrays wrote, through the same guards as any file from outside.
/// errors  bad_data where the file is no such file, or damaged
inline saved_arrays load_arrays(const std::string& path, const read_options& options = {}) {
  return isolated(path, options, [&] {
    hdf5::source from(path, options);
    const auto format = hdf5::text_attribute(from, "/", "format");
    if (format != saved_arrays_format)
      refuse(path, "",
             "its format is " + in_quotes(format.value_or("")) + ", and " + in_quotes(saved_arrays_format) +
                 " is needed; name a file that save_arrays wrote");
    saved_arrays out;
    const auto texts = [&](const char* name) { return hdf5::dataset(from, name).texts(); };
    const std::vector<std::string> names = texts("/names"), note_names = texts("/note_names"), notes = texts("/notes");
    if (note_names.size() != notes.size())
      from.fail("/notes", "there are more or fewer notes than their names; save the file again");
    for (std::size_t i = 0; i < notes.size(); ++i) out.attributes.emplace(note_names[i], notes[i]);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const hdf5::dataset d(from, "/array/" + std::to_string(i));
      if (d.dims().size() != 1) d.fail("it should have one dimension; save the file again");
      const hdf5::element kind = d.holds();
      if (kind.text()) {
        out.arrays.put(names[i], d.texts());
      } else if (kind.what == hdf5::family::real && kind.bytes == 4) {
        out.arrays.put(names[i], d.numbers<float>());
      } else if (kind.what == hdf5::family::real && kind.bytes == 8) {
        out.arrays.put(names[i], d.numbers<double>());
      } else if (kind.what == hdf5::family::whole && kind.bytes == 4) {
        out.arrays.put(names[i], d.numbers<std::int32_t>());
      } else if (kind.what == hdf5::family::whole && kind.bytes == 8) {
        out.arrays.put(names[i], d.numbers<std::int64_t>());
      } else {
        d.fail("it holds " + kind.in_words() + ", which save_arrays never writes; save the file again");
      }
    }
    return out;
  });
}

}  // namespace tepui::io
