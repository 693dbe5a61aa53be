# What the refused sources are compiled with: ROOT, the project's folder, and SYSTEM, include folders of others, are given from outside.
set(flags -std=c++20 -I${ROOT}/include -I${ROOT}/tests)
foreach(dir IN LISTS SYSTEM)
  list(APPEND flags -isystem ${dir})
endforeach()
