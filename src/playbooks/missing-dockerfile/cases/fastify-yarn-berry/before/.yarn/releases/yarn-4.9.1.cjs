// the package manager
